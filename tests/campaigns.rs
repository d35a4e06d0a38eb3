//! The files of `docs/campaigns.md` do what the page says: their shell commands are run, part for part.
//!
//! What GitHub, Slurm or Kubernetes make of the files is not tried: their variables are set by hand, and a
//! stand-in for GNU parallel runs what it is given one after the other.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use yaml_rust2::{Yaml, YamlLoader};

const PAGE: &str = include_str!("../docs/campaigns.md");

/// It runs a command for every argument after `:::`, in place of `{}`, and fails if one has failed.
const PARALLEL: &str = r#"#!/bin/sh
[ "$1" = --jobs ] && shift 2
command=
while [ "$1" != ::: ]; do command="$command $1"; shift; done
shift
status=0
for argument; do
    sh -c "$(printf %s "$command" | sed "s/{}/$argument/g")" || status=1
done
exit "$status"
"#;

/// A race that many seeds lose.
const RACE: &str = "scenario \"two clients\"
supervisor top { worker counter }
server counter { var count 0; on call next { add count 1; reply $count } }
client one { call counter next; expect 1 }
client two { call counter next; expect 2 }
";

/// Where the machines of a campaign work.
struct Volume(TempDir);

impl Volume {
    fn new() -> Self {
        let volume = Volume(tempfile::tempdir().expect("a temporary folder"));
        for (path, text) in [
            ("scenarios/race.kdl", RACE),
            ("scenarios/held.kdl", "supervisor top { worker a }\nserver a { on call hi { reply ok } }\n"),
            ("bin/parallel", PARALLEL),
        ] {
            let path = volume.0.path().join(path);
            fs::create_dir_all(path.parent().expect("it is in the folder")).expect("a folder can be made");
            fs::write(path, text).expect("a file can be written");
        }
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_treefall"), volume.0.path().join("bin/treefall"))
            .expect("a link can be made");
        let run = Command::new("chmod").arg("+x").arg(volume.0.path().join("bin/parallel")).status();
        assert!(run.expect("there is a chmod").success());
        volume
    }

    /// Runs a script with these variables, under few seeds; its exit status and what it prints.
    fn sh(&self, script: &str, variables: &[(&str, String)]) -> (Option<i32>, String) {
        let script = script.replace("0..10000000", "0..200").replace("0..1000000", "0..200");
        let path = std::env::var("PATH").unwrap_or_default();
        let output = Command::new("sh")
            .args(["-e", "-c", &script])
            .current_dir(self.0.path())
            .env("PATH", format!("{}:{path}", self.0.path().join("bin").display()))
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .output()
            .expect("there is a shell");
        let printed = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&printed).into_owned())
    }

    /// What one machine prints that tries all seeds.
    fn alone(&self) -> String {
        self.sh("treefall explore scenarios --seeds 0..1000000 --trace none --out results/failures", &[]).1
    }
}

/// The blocks of the page in this language, in order.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    PAGE.split(&fence).skip(1).map(|rest| rest.split("```").next().expect("a block ends")).collect()
}

fn yaml(block: &str) -> Yaml {
    let mut documents = YamlLoader::load_from_str(block).unwrap_or_else(|error| panic!("{error}:\n{block}"));
    assert_eq!(documents.len(), 1);
    documents.remove(0)
}

/// The commands of a job's steps that have some.
fn runs(job: &Yaml) -> Vec<&str> {
    let steps = job["steps"].as_vec().expect("a job has steps");
    steps.iter().filter_map(|step| step["run"].as_str()).collect()
}

fn text(value: &Yaml) -> String {
    match value {
        Yaml::Integer(number) => number.to_string(),
        Yaml::String(text) => text.clone(),
        other => panic!("neither a number nor a text: {other:?}"),
    }
}

/// The parts of every campaign come to what one machine finds.
fn assert_merged(volume: &Volume, merged: (Option<i32>, String)) {
    assert_eq!(merged, (Some(1), volume.alone()), "it is the campaign of one machine");
    assert!(merged.1.contains("broken       scenarios/race.kdl"), "{}", merged.1);
}

#[test]
fn the_workflow_for_every_push() {
    let volume = Volume::new();
    let job = &yaml(blocks("yaml")[0])["jobs"]["scenarios"];
    let summary = volume.0.path().join("summary.md");
    let variables = [("GITHUB_STEP_SUMMARY", summary.display().to_string())];
    for (run, report) in runs(job).into_iter().zip(["check", "explore"]) {
        let (status, printed) = volume.sh(run, &variables);
        assert_eq!(status, Some(1), "{printed}");
        let line = printed.lines().find(|line| line.starts_with("::error file=scenarios/race.kdl,line="));
        assert!(line.is_some_and(|line| line.contains("line=4,") || line.contains("line=5,")), "{printed}");
        let junit = volume.0.path().join(format!("results/{report}.xml"));
        let junit = fs::read_to_string(junit).expect("the results are there");
        assert!(junit.contains("name=\"race.kdl\"") && junit.contains("<failure"), "{junit}");
    }
    let summary = fs::read_to_string(summary).expect("there is a summary");
    for words in ["treefall check", "treefall explore", "**Why**", "makes it fail"] {
        assert!(summary.contains(words), "`{words}` is not in {summary}");
    }
}

#[test]
fn the_workflow_for_github() {
    let volume = Volume::new();
    let workflow = yaml(blocks("yaml")[1]);
    let shards = text(&workflow["env"]["SHARDS"]);
    let explore = &workflow["jobs"]["explore"];
    assert_eq!(explore["env"]["SHARD"].as_str(), Some("${{ matrix.shard }}"));
    let matrix = explore["strategy"]["matrix"]["shard"].as_vec().expect("the matrix lists the parts");
    assert_eq!(matrix.len().to_string(), shards);
    for shard in matrix {
        for run in runs(explore) {
            let done = volume.sh(run, &[("SHARD", text(shard)), ("SHARDS", shards.clone())]);
            assert_eq!(done.0, Some(0), "{}", done.1);
        }
    }
    let merge = runs(&workflow["jobs"]["merge"]);
    assert_merged(&volume, volume.sh(merge[0], &[]));
}

#[test]
fn the_script_for_gnu_parallel() {
    let volume = Volume::new();
    assert_merged(&volume, volume.sh(blocks("sh")[0], &[]));
}

#[test]
fn the_scripts_for_slurm() {
    let volume = Volume::new();
    let (explore, merge) = (blocks("sh")[1], blocks("sh")[2]);
    let line = |key: &str| {
        let found = explore.lines().find_map(|line| line.strip_prefix(&format!("#SBATCH --{key}=")));
        found.expect("the script says it")
    };
    let (first, last) = line("array").split_once('-').expect("a range");
    assert_eq!(first, "1", "parts are counted from 1");
    for task in 1..=last.parse::<u32>().expect("a number") {
        let variables = [
            ("SLURM_ARRAY_TASK_ID", task.to_string()),
            ("SLURM_ARRAY_TASK_COUNT", last.to_owned()),
            ("SLURM_CPUS_PER_TASK", line("cpus-per-task").to_owned()),
        ];
        let done = volume.sh(explore, &variables);
        assert_eq!(done.0, Some(0), "{}", done.1);
    }
    assert_merged(&volume, volume.sh(merge, &[]));
}

#[test]
fn the_jobs_for_kubernetes() {
    let volume = Volume::new();
    let (explore, merge) = (yaml(blocks("yaml")[2]), yaml(blocks("yaml")[3]));
    let container = |job: &Yaml| job["spec"]["template"]["spec"]["containers"][0].clone();
    let script = |container: &Yaml| {
        let command = container["command"].as_vec().expect("a command");
        assert_eq!((command.len(), command[0].as_str(), command[1].as_str()), (3, Some("sh"), Some("-c")));
        text(&command[2])
    };
    assert_eq!(explore["spec"]["completionMode"].as_str(), Some("Indexed"));
    let completions = explore["spec"]["completions"].as_i64().expect("a number");
    let container_of_explore = container(&explore);
    let shards = text(&container_of_explore["env"][0]["value"]);
    assert_eq!(shards, completions.to_string());
    for index in 0..completions {
        let variables = [("JOB_COMPLETION_INDEX", index.to_string()), ("SHARDS", shards.clone())];
        let done = volume.sh(&script(&container_of_explore), &variables);
        assert_eq!(done.0, Some(0), "{}", done.1);
    }
    assert_merged(&volume, volume.sh(&script(&container(&merge)), &[]));
}

/// A part that could not do its work ends the script.
#[test]
fn a_part_that_goes_wrong_is_noticed() {
    let volume = Volume::new();
    fs::write(volume.0.path().join("scenarios/wrong.kdl"), "supervisr top\n").expect("it can be written");
    let explore = runs(&yaml(blocks("yaml")[1])["jobs"]["explore"])[0].to_owned();
    let done = volume.sh(&explore, &[("SHARD", "1".to_owned()), ("SHARDS", "4".to_owned())]);
    assert_eq!(done.0, Some(1), "{}", done.1);
    assert!(Path::new(&volume.0.path().join("results/1.json")).exists(), "the others were explored");
}
