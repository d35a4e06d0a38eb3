defmodule Treefall.MixProject do
  use Mix.Project

  def project do
    [
      app: :treefall,
      version: "0.1.0",
      elixir: "~> 1.14",
      description: "treefall in mix and ExUnit: every order of a supervision tree, as a test",
      package: [licenses: ["MIT", "Apache-2.0"], files: ~w(lib mix.exs README.md)],
      deps: []
    ]
  end

  def application, do: [extra_applications: [:ex_unit]]
end
