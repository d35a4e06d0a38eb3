//! Compiled code from the command line: `--code` and `--test` write the scenario that one would write for them, which
//! stays beside what is found, so that it can be replayed, explained and made more of.

mod call;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::discover;
use super::output_file;
use super::paths::{shown, word};
use super::terminal::Terminal;

/// Which compiled code to run.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Compiled code")]
pub(super) struct CodeArgs {
    /// A folder of compiled modules or an `.ez` archive: `_build/test/lib/APP/ebin`, or the folder of a mix project
    #[arg(long, value_name = "DIR")]
    code: Vec<PathBuf>,
    /// A module of ExUnit tests, or the file that it is in
    ///
    /// If no folder of --code has the module, it is looked for in `test`, and compiled by the installed Elixir.
    /// Applications whose `.app` files are in the folders are started first, as `mix test` does, if neither --app nor
    /// --start says what is.
    #[arg(long, value_name = "MODULE", requires = "code")]
    test: Vec<String>,
    /// A function that is called first and stays the parent of what it starts
    ///
    /// Its arguments are written as Elixir or Erlang writes them: `KV.Registry.start_link(name: KV.Registry)`. If there
    /// is any, no application is started but those of --app.
    #[arg(long, value_name = "MODULE.FUNCTION", requires = "code")]
    start: Vec<String>,
    /// An application that is started first, with those that it needs, as OTP starts it
    #[arg(long, value_name = "NAME", requires = "code")]
    app: Vec<String>,
    /// A function that is a client: it has failed if it raises
    ///
    /// Its arguments are written as those of --start.
    #[arg(long, value_name = "MODULE.FUNCTION", requires = "code")]
    client: Vec<String>,
    /// Another order of large maps and of sets of `ets`, other random bytes and numbers
    #[arg(long, value_name = "N", requires = "code")]
    shuffle: Option<u32>,
    /// Of the tests this one alone
    #[arg(long, value_name = "NAME", requires = "test")]
    only: Option<String>,
}

/// Where a scenario that is written for code goes if nothing else is said.
pub(super) const FOLDER: &str = "treefall-failures";

const NOTHING_ASKED: &str = "error: --code says where code is, and not what of it runs\n  help: name a module of tests \
    with --test, a function with --client or --start, or an application with --app";

/// A module of tests and the folder that it is in, if it was compiled for this.
struct Tests {
    module: String,
    folder: Option<PathBuf>,
}

impl Tests {
    /// The file that was compiled for this.
    fn file(&self) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(format!("Elixir.{}.beam", self.module)))
    }
}

/// The module that does what `test_helper.exs` does, and its file.
const HELPER: &str = "TreefallTestHelper";
const HELPER_FILE: &str = "Elixir.TreefallTestHelper.beam";
/// The folder that it is in, with the modules that `test_helper.exs` defines.
const HELPERS: &str = "helper";

impl CodeArgs {
    /// The scenario files that are meant: those that are named, and the one that is written for the code. If that
    /// cannot be said, the terminal has been told why.
    pub(super) fn files(
        &self,
        paths: &[PathBuf],
        out: &Path,
        terminal: &mut Terminal<'_>,
    ) -> Option<Vec<PathBuf>> {
        if self.code.is_empty() {
            return discover::files(paths, terminal);
        }
        if [&self.test, &self.client, &self.start, &self.app].iter().all(|asked| asked.is_empty()) {
            terminal.complain(|_, _| NOTHING_ASKED.to_owned());
            return None;
        }
        match self.scenario(out) {
            Ok(file) => {
                let all: Vec<PathBuf> = paths.iter().cloned().chain([file]).collect();
                discover::files(&all, terminal)
            }
            Err(message) => {
                terminal.complain(|_, _| message);
                None
            }
        }
    }

    /// Writes the scenario.
    fn scenario(&self, out: &Path) -> Result<PathBuf, String> {
        fs::create_dir_all(out).map_err(|error| format!("error: {}: cannot be made: {error}", shown(out)))?;
        // Tests may be compiled with its modules.
        let helper = match self.test.is_empty() {
            true => None,
            false => self.helper(&out.join(HELPERS))?,
        };
        let tests: Vec<Tests> = self
            .test
            .iter()
            .map(|test| self.find(test, out))
            .collect::<Result<Vec<_>, _>>()?
            .into_iter()
            .flatten()
            .collect();
        let mut text = format!("// Written by treefall for {}\n", self.options());
        let names: Vec<&str> = tests
            .iter()
            .map(|tests| tests.module.as_str())
            .chain(self.client.iter().map(String::as_str))
            .collect();
        let started = || self.app.iter().chain(&self.start).map(String::as_str).collect();
        let names: Vec<&str> = if names.is_empty() { started() } else { names };
        text.push_str(&format!("scenario {:?} otp=25\n\n", names.join(", ")));
        let compiled = tests.iter().filter_map(|tests| tests.folder.as_ref());
        let code = folders(&self.code)?;
        let mut projects = self.code.iter().map(|folder| project_of(folder));
        let configured = match projects.find(|project| project.join("config/config.exs").is_file()) {
            Some(project) => configuration(project, &out.join("configuration"))?,
            None => None,
        };
        let mut compiled_now = tests.iter().filter_map(Tests::file);
        let is_controlled = configured.is_some()
            || ask_the_controller(&code)
            || ask_the_controller(helper.as_slice())
            || compiled_now.any(asks_the_controller);
        let mut all: Vec<&PathBuf> = code.iter().chain(compiled).chain(&configured).chain(&helper).collect();
        all.dedup();
        let shuffle = self.shuffle.map_or(String::new(), |number| format!(" shuffle={number}"));
        for folder in all {
            let absolute = folder.canonicalize().map_err(|error| unreadable(folder, &error))?;
            text.push_str(&format!("code {:?}{}\n", absolute.display().to_string(), shuffle));
        }
        match self.app.is_empty() && self.start.is_empty() {
            true => applications(&code, is_controlled)?.iter().for_each(|start| text.push_str(start)),
            false => self.app.iter().for_each(|name| text.push_str(&start_by_controller(name))),
        }
        if helper.as_ref().is_some_and(|helper| helper.join(HELPER_FILE).is_file()) {
            text.push_str(&format!("start \"{HELPER}.run\"\n"));
        }
        for (word, calls) in [("start", &self.start), ("run", &self.client)] {
            for call in calls {
                text.push_str(&format!("{word} {}\n", call::call_of(call)?));
            }
        }
        for Tests { module, .. } in &tests {
            let only = self.only.as_ref().map_or(String::new(), |only| format!(" only={only:?}"));
            text.push_str(&format!("test {module:?}{only}\n"));
        }
        let file = out.join(format!("{}.kdl", call::file_name(&names.join("+"))));
        output_file::write(&file, &text)
            .map_err(|error| format!("error: {}: cannot be written: {error}", shown(&file)))?;
        Ok(file)
    }

    fn options(&self) -> String {
        let code = self.code.iter().flat_map(|folder| ["--code".to_owned(), word(folder)]);
        let test = self.test.iter().flat_map(|test| ["--test".to_owned(), word(test)]);
        let start = self.start.iter().flat_map(|call| ["--start".to_owned(), word(call)]);
        let app = self.app.iter().flat_map(|name| ["--app".to_owned(), word(name)]);
        let client = self.client.iter().flat_map(|call| ["--client".to_owned(), word(call)]);
        let shuffle = self.shuffle.iter().flat_map(|number| ["--shuffle".to_owned(), number.to_string()]);
        let only = self.only.iter().flat_map(|only| ["--only".to_owned(), word(only)]);
        code.chain(app)
            .chain(start)
            .chain(client)
            .chain(test)
            .chain(shuffle)
            .chain(only)
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Finds a module of tests: compiled in one of the folders, or as source.
    fn find(&self, test: &str, out: &Path) -> Result<Vec<Tests>, String> {
        let file = Path::new(test);
        if file.extension().is_some_and(|extension| extension == "exs" || extension == "ex") {
            return self.compile(file, out);
        }
        let name = if test.starts_with("Elixir.") { test.to_owned() } else { format!("Elixir.{test}") };
        if folders(&self.code)?.iter().any(|folder| folder.join(format!("{name}.beam")).is_file()) {
            return Ok(vec![Tests { module: test.to_owned(), folder: None }]);
        }
        match source_of(Path::new("test"), test) {
            Some(file) => {
                let compiled = self.compile(&file, out)?;
                Ok(compiled.into_iter().filter(|tests| tests.module == test).collect())
            }
            None => Err(format!(
                "error: there is no module {test} in {}, and no file in `test` defines it\n  help: name the file: \
                 --test test/{}_test.exs",
                self.code.iter().map(|folder| shown(folder)).collect::<Vec<_>>().join(", "),
                test.to_lowercase().replace('.', "/")
            )),
        }
    }

    /// Compiles what `test_helper.exs` does beside starting ExUnit, if it does anything; the folder of the module.
    fn helper(&self, out: &Path) -> Result<Option<PathBuf>, String> {
        const PROGRAM: &str = "[file, out] = System.argv()\n\
            ExUnit.start(autorun: false)\n\
            ast = Code.string_to_quoted!(File.read!(file), file: file)\n\
            lines = case ast do {:__block__, _, lines} -> lines; line -> [line] end\n\
            ours? = &match?({{:., _, [{:__aliases__, _, [:ExUnit]}, f]}, _, _} when f in [:start, :configure], &1)\n\
            {modules, lines} = lines |> Enum.reject(ours?) |> Enum.split_with(&match?({:defmodule, _, _}, &1))\n\
            directives = Enum.filter(lines, &match?({word, _, _} when word in [:alias, :import, :require], &1))\n\
            run = quote do defmodule TreefallTestHelper do def run do unquote_splicing(lines); :ok end end end\n\
            all = modules ++ if(lines == directives, do: [], else: [run])\n\
            for {name, binary} <- Code.compile_quoted({:__block__, [], directives ++ all}, file) do\n\
              File.write!(Path.join(out, \"#{name}.beam\"), binary)\n\
            end";
        let file = Path::new("test/test_helper.exs");
        if !file.is_file() {
            return Ok(None);
        }
        // What an earlier run has left is not of this one.
        let _ = fs::remove_dir_all(out);
        fs::create_dir_all(out).map_err(|error| format!("error: {}: cannot be made: {error}", shown(out)))?;
        let mut elixir = Command::new("elixir");
        for code in folders(&self.code)? {
            elixir.arg("-pa").arg(code);
        }
        run(elixir.arg("-e").arg(PROGRAM).arg(file).arg(out), file, "compile")?;
        let has_modules = fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some());
        Ok(has_modules.then(|| out.to_owned()))
    }

    /// Compiles a file of tests with the installed Elixir.
    fn compile(&self, file: &Path, out: &Path) -> Result<Vec<Tests>, String> {
        const PROGRAM: &str = "[file, out] = System.argv()\n\
            ExUnit.start(autorun: false)\n\
            for {module, binary} <- Code.compile_file(file) do\n\
              File.write!(Path.join(out, \"#{module}.beam\"), binary)\n\
              if function_exported?(module, :__ex_unit__, 0), do: IO.puts(inspect(module))\n\
            end";
        let folder = out.join("compiled");
        fs::create_dir_all(&folder)
            .map_err(|error| format!("error: {}: cannot be made: {error}", shown(&folder)))?;
        let mut elixir = Command::new("elixir");
        for code in folders(&self.code)? {
            elixir.arg("-pa").arg(code);
        }
        elixir.arg("-pa").arg(out.join(HELPERS));
        let modules = run(elixir.arg("-e").arg(PROGRAM).arg(file).arg(&folder), file, "compile")?;
        let tests: Vec<Tests> = modules
            .lines()
            .map(|module| Tests { module: module.to_owned(), folder: Some(folder.clone()) })
            .collect();
        match tests.is_empty() {
            true => Err(format!("error: {}: there is no `ExUnit.Case` in it", shown(file))),
            false => Ok(tests),
        }
    }
}

/// The lines of a scenario for the mix project that this folder is, if it has been compiled for its tests: where its
/// modules are, and what starts its applications.
pub(super) fn lines_of_project(project: &Path) -> Option<String> {
    let folders = folders(&[project.to_path_buf()]).ok()?;
    if !project.join("_build/test/lib").is_dir() || folders.is_empty() {
        return None;
    }
    let configured = configuration(project, &project.join("treefall-configuration")).ok()?;
    let code = folders.iter().chain(&configured).map(|folder| {
        // They are looked for beside the file.
        let beside = folder.strip_prefix(project).unwrap_or(folder);
        format!("code {:?}\n", beside.display().to_string())
    });
    let is_controlled = configured.is_some() || ask_the_controller(&folders);
    Some(code.chain(applications(&folders, is_controlled).ok()?).collect())
}

/// Writes the configuration of a mix project for its tests, as the installed Elixir reads it, as a `sys.config`; the
/// folder that it is in.
fn configuration(project: &Path, folder: &Path) -> Result<Option<PathBuf>, String> {
    const PROGRAM: &str = "[folder, out] = System.argv()\n\
        read = fn file -> Config.Reader.read!(file, env: :test, target: :host) end\n\
        files = Enum.filter([\"config.exs\", \"runtime.exs\"], &File.exists?(Path.join(folder, &1)))\n\
        all = Enum.reduce(files, [], &Config.Reader.merge(&2, read.(Path.join(folder, &1))))\n\
        File.write!(out, :io_lib.format(\"~tp.~n\", [all]))";
    let config = project.join("config");
    if !config.join("config.exs").is_file() {
        return Ok(None);
    }
    fs::create_dir_all(folder)
        .map_err(|error| format!("error: {}: cannot be made: {error}", shown(folder)))?;
    let mut elixir = Command::new("elixir");
    elixir.arg("-e").arg(PROGRAM).arg(&config).arg(folder.join("sys.config")).env("MIX_ENV", "test");
    run(&mut elixir, &config.join("config.exs"), "read")?;
    Ok(Some(folder.to_owned()))
}

/// What the installed Elixir prints that is to do this with a file.
fn run(elixir: &mut Command, file: &Path, verb: &str) -> Result<String, String> {
    let done = elixir.output().map_err(|error| {
        format!("error: {}: `elixir` is needed to {verb} it, and cannot be run: {error}", shown(file))
    })?;
    if !done.status.success() {
        let said = String::from_utf8_lossy(&done.stderr);
        return Err(format!("error: {}: Elixir cannot {verb} it\n{}", shown(file), said.trim_end()));
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// The mix project that a folder of its compiled modules is in, or the folder itself.
fn project_of(folder: &Path) -> &Path {
    let is_built = |part: &&Path| part.file_name().is_some_and(|name| name == "_build");
    match folder.ancestors().find(is_built).and_then(Path::parent) {
        Some(project) if project.as_os_str().is_empty() => Path::new("."),
        Some(project) => project,
        None => folder,
    }
}

/// The folders of modules that are meant: of a mix project those that `mix test` has filled.
fn folders(said: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut folders = Vec::new();
    for folder in said {
        fs::metadata(folder).map_err(|error| unreadable(folder, &error))?;
        let built = folder.join("_build/test/lib");
        if !built.is_dir() {
            folders.push(folder.clone());
            continue;
        }
        let entries = fs::read_dir(&built).map_err(|error| unreadable(&built, &error))?;
        let mut ebins: Vec<PathBuf> =
            entries.filter_map(|entry| Some(entry.ok()?.path().join("ebin"))).collect();
        ebins.retain(|ebin| ebin.is_dir());
        ebins.sort();
        folders.extend(ebins);
    }
    Ok(folders)
}

fn unreadable(folder: &Path, error: &io::Error) -> String {
    format!(
        "error: {}: cannot be read: {error}\n  help: --code takes a folder of `.beam` files: \
         _build/test/lib/APP/ebin, once `MIX_ENV=test mix compile` has made it",
        shown(folder)
    )
}

/// An application as its `.app` file has it: its name, those that it needs, and the line that starts it, if it does
/// anything when it is started.
struct Application {
    name: String,
    needs: Vec<String>,
    start: Option<String>,
}

/// What a module names that asks OTP's application controller for something.
const ASKS: [&str; 11] = [
    "get_env",
    "fetch_env",
    "put_env",
    "set_env",
    "get_all_env",
    "get_application",
    "which_applications",
    "ensure_all_started",
    "get_key",
    "app_dir",
    // With its length, as a module has it: others end so.
    "\u{4}spec",
];

/// Whether this module asks the controller for something.
fn asks_the_controller(file: PathBuf) -> bool {
    let is_module = file.extension().is_some_and(|extension| extension == "beam");
    let module = if is_module { fs::read(file).unwrap_or_default() } else { Vec::new() };
    let names = |name: &&str| module.windows(name.len()).any(|window| window == name.as_bytes());
    ASKS.iter().any(names)
}

/// Whether a module in these folders asks the controller for something: whoever does not can do without it.
fn ask_the_controller(folders: &[PathBuf]) -> bool {
    let files = |folder: &PathBuf| {
        let entries = fs::read_dir(folder).into_iter().flatten();
        entries.filter_map(|entry| Some(entry.ok()?.path())).any(asks_the_controller)
    };
    folders.iter().any(files)
}

/// The lines that start the applications of these folders, each behind those that it needs: as OTP's controller does
/// it if that is said, and by a call of their callbacks if not.
fn applications(folders: &[PathBuf], controlled: bool) -> Result<Vec<String>, String> {
    let mut left = Vec::new();
    for folder in folders.iter().filter(|folder| !folder.is_file()) {
        let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
        let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "app"));
        files.sort();
        left.extend(files.iter().filter_map(|file| {
            let name = file.file_stem()?.to_str()?.to_owned();
            let text = fs::read_to_string(file).ok()?;
            let start = match controlled {
                true => Some(start_by_controller(&name)),
                false => start_of(&text),
            };
            Some(Application { name, needs: needs_of(&text), start })
        }));
    }
    let mut lines = Vec::new();
    while !left.is_empty() {
        let waits = |app: &Application| left.iter().any(|other| app.needs.contains(&other.name));
        // Of those that need each other the first begins.
        let next = left.iter().position(|app| !waits(app)).unwrap_or(0);
        lines.extend(left.remove(next).start);
    }
    Ok(lines)
}

/// The line that starts an application as OTP does. A name in quotes would be a string.
fn start_by_controller(name: &str) -> String {
    format!("start \"application.ensure_all_started\" (term)\"'{name}'\"\n")
}

/// `{applications, [kernel, stdlib, ..]}`
fn needs_of(app: &str) -> Vec<String> {
    let list = app.split_once("{applications,").and_then(|(_, rest)| rest.split_once('[')?.1.split_once(']'));
    let names = list.map_or("", |(names, _)| names).split(',');
    names.map(|name| name.trim().trim_matches('\'').to_owned()).collect()
}

/// `{mod, {Module, Arguments}}`, as a line that calls `Module:start(normal, Arguments)`.
fn start_of(app: &str) -> Option<String> {
    let (_, rest) = app.split_once("{mod,")?;
    let callback = rest.trim_start().strip_prefix('{')?;
    let (module, rest) = callback.split_once(',')?;
    let (arguments, _) = rest.split_once('}')?;
    let module = module.trim().trim_matches('\'');
    Some(format!("start {:?} normal (term){:?}\n", format!("{module}.start"), arguments.trim()))
}

/// The file below a folder that defines a module.
fn source_of(folder: &Path, module: &str) -> Option<PathBuf> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    entries.sort();
    entries.into_iter().find_map(|path| {
        if path.is_dir() {
            return source_of(&path, module);
        }
        let is_script = path.extension().is_some_and(|extension| extension == "exs");
        let text = if is_script { fs::read_to_string(&path).ok()? } else { return None };
        text.lines().any(|line| line.trim() == format!("defmodule {module} do")).then_some(path)
    })
}
