defmodule Treefall.ScenariosTest do
  use Treefall.Case, tests: "none"
end
