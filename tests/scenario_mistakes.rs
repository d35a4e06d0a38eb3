//! A wrong file gets one report of all its mistakes, each in its place.
//!
//! In the texts below « and » mark what must be underlined, mistake by mistake; the reports as a
//! terminal of 80 columns shows them are in `snapshots/mistakes`.

use treefall::scenario::parse;

/// Checks the places against the marks, and the report against its snapshot.
fn check(name: &str, marked: &str) {
    let (text, places) = unmark(marked.trim_start_matches('\n'));
    let Err(mistakes) = parse("wrong.kdl", &text) else { panic!("{name}: no mistake found") };
    let report = mistakes.render(80, false);
    let found: Vec<&str> =
        mistakes.list.iter().map(|mistake| &text[mistake.span.start..mistake.span.end]).collect();
    let wanted: Vec<&str> = places.iter().map(|(start, end)| &text[*start..*end]).collect();
    assert_eq!(found, wanted, "{name}: the places differ\n{report}");
    let starts: Vec<usize> = mistakes.list.iter().map(|mistake| mistake.span.start).collect();
    let marks: Vec<usize> = places.iter().map(|(start, _)| *start).collect();
    assert_eq!(starts, marks, "{name}: the places differ\n{report}");

    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots/mistakes");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, format!("{}\n\n{report}", text.trim_end())));
}

/// The text without its marks, and where they were.
fn unmark(marked: &str) -> (String, Vec<(usize, usize)>) {
    let mut text = String::new();
    let mut places = Vec::new();
    let mut open = Vec::new();
    for character in marked.chars() {
        match character {
            '«' => open.push(text.len()),
            '»' => places.push((open.pop().expect("« before »"), text.len())),
            _ => text.push(character),
        }
    }
    places.sort_unstable();
    (text, places)
}

macro_rules! mistakes {
    ($($name:ident $text:literal)*) => {
        $(#[test]
        fn $name() {
            check(&stringify!($name).replace('_', "-"), $text);
        })*
    };
}

mistakes! {
    // What is no scenario at all.
    an_empty_file "«»"
    a_blank_file "«»\n  \n"
    a_file_of_comments "«»// nothing here"
    a_file_where_nothing_runs "«shared» count 0"

    // What other languages call it.
    words_of_elixir_and_of_tests r#"
«defmodule» Cache
supervisor top { worker a }
server a {
    on call get { «note» "asked"; reply ok }
    «handle_call» get
}
client {
    «wait» 10
    «Process.exit» a
    «assert» ok
}
"#
    a_name_that_nobody_was_given r#"
server flaky { on call ping { reply pong } }
client {
    start flaky
    call «flaky» ping
}
"#
    more_than_a_down_has r#"
process watcher {
    receive { when DOWN $ref _ $why «more» { hang } }
}
client { spawn watcher }
"#

    // Two nodes.
    one_node_is_none "node «here» { client { settle } }"
    three_nodes "
node a { client { settle } }
node b { supervisor top { worker x } }
node «c» { client { settle } }
"
    what_starts_on_no_node "
node here { client { settle } }
node there { supervisor top { worker a } }
«supervisor other» { worker b }
«client» { start_link spare }
supervisor spare autostart=#false { worker c }
"
    what_cannot_stand_in_a_node "
node here { «shared» a 1; supervisor up { worker c }; client { settle } }
node there { «suprvisor» x; supervisor top { worker b } }
"
    what_two_nodes_cannot_have "
node here { supervisor up { «registry» names keys=unique }; client { settle } }
node there { «application» web { supervisor w { worker v } }; supervisor top { worker b } }
«partition_supervisor» pool partitions=2 { worker c }
"
    global_names_that_one_node_cannot_take "
supervisor top { worker a }
client { «register_name» leader; «unregister_name» leader }
"
    global_names_that_nobody_has "
node here { client { call «(global)x» y; register_name z self resolve=«somehow» } }
node there { supervisor top { worker b } }
"
    what_elixir_calls_children "
supervisor top { «children» a }
"
    clauses_of_a_result_in_the_words_of_elixir "
supervisor top { worker a }
server a {
    on call q {
        call a q timeout=50
        match result {
            «ok» $x { reply $x }
            «timeout» { reply late }
        }
    }
}
"
    nodes_and_processes_that_cannot_be_asked_for "
node here { client { monitor_node «nowhere»; spawn_request «a»; monitor_node there «maybe» } }
node there { supervisor top { worker a module } }
server module { on call x { reply ok } }
"
    names_on_nodes_that_are_no_processes "
node here {
    client {
        link «(there)a»
        exit «(there)a» reason=x
        send «(there)nobody» x
        call «(elsewhere)a» x
        cut here «there2»
        heal there «there»
        await «far»
    }
}
node there { supervisor top { worker a }; client far { settle } }
fault cut here «nowhere»
"

    // What a supervisor's init returns after a code change.
    a_code_change_that_draws_children_for_a_dynamic_supervisor r#"
supervisor top { dynamic_supervisor pool }

dynamic_supervisor sessions

client {
    «code_change sessions» { worker a }
    code_change sessions { init «(term)"{ok, {#{}, []}}"» }
    code_change top { init «(term)"{ok, nothing}"» }
    code_change top strategy=«simple_one_for_one» {}
    «code_change top»
}
"#

    // Global names.
    a_global_name_where_none_can_be r#"
supervisor top name=(global)top { worker a }

client {
    monitor «(global)top» as=$ref
    unregister «(global)top»
    call «(global)nobody» hello
    register «(global)top» self
}
"#

    // What may return or exit.
    what_may_return_or_exit "
supervisor top { worker a }
client {
    call a x
    «expect or_exit=noproc»
    call a x
    expect ok or_exit=noproc «or_exit=timeout»
    call a x
    expect exit noproc «or_exit=timeout»
    call a x
    expect ok «or_exits=noproc»
    call a x
    expect alive a «or_exit=noproc»
    call a x
    expect ok or_exit=«1.5»
}
"

    // What is not KDL.
    an_unclosed_block "supervisor top «{»\n    worker a\n"
    a_brace_too_many "supervisor top { worker a }\n«}»\n"
    an_unclosed_string "scenario «\"»the title\nsupervisor top { worker a }\n"
    an_unclosed_comment "supervisor top { worker a }\n«/»* a comment"
    an_unknown_escape "scenario \"a «\\d»\"\nsupervisor top { worker a }\n"
    a_keyword_without_its_hash "supervisor top autostart=«false» { worker a }\n"
    a_property_after_the_block "supervisor top { worker a } «max_restarts=3»\n"
    an_else_beside_its_block "
client {
    if alive self { settle } «else» { settle }
    eventually { settle } «settle»
}
"
    a_value_of_a_value "
supervisor top { worker a }
client {
    call a x=y«=»z
    settle
}
"
    a_float_that_is_none "supervisor top { worker a }\nclient {\n    if alive a {\n        sleep «1.5.5»\n    }\n}\n"
    two_syntax_errors "supervisor top { worker a «true» }\nclient { expect «null» }\n"

    // Words.
    a_misspelt_word_at_the_top "«supervisr» top { worker a }\nsupervisor other { worker b }\n"
    a_statement_at_the_top "supervisor top { worker a }\n«expect» ok\n«worker» b\n"
    a_misspelt_statement "
supervisor top { worker a }
server a {
    on call get { «replay» ok }
}
client {
    «setle»
    «bananas»
}
"
    a_misspelt_child "supervisor top {\n    «workr» a\n    «child» b\n}\n"
    a_misspelt_event "supervisor top { worker a }\nserver a {\n    on «cal» get { reply ok }\n    «cast» x { }\n    «reply» x\n}\n"
    a_misspelt_property_name "
supervisor top «strtegy=one_for_one» { worker a «restrat=temporary» }
client { call a x «timout=5» }
"
    a_misspelt_choice "
supervisor top strategy=«one_for_al» {
    worker a restart=«temporal»
    worker b shutdown=«infinit»
}
"
    a_misspelt_oracle "supervisor top { worker a }\nalways «no-orphan»\nfinally «alive» a\nallow «deadlok»\n"
    a_misspelt_condition "
supervisor top { worker a }
server a {
    table names
    on call get $x { if «hass» names $x { reply ok }; else { reply no } }
}
client { expect «$y» is 1 }
"
    reports_that_nobody_makes "
supervisor top { worker a }
server a { on call x { «if reports top progress is 1» { reply ok } } }
client {
    expect reports «nobody» progress is 1
    expect reports top «child_terminate» is 1
    expect reports top progress level=«warning» is 1
    expect reports top start_error reason=«$why» is 0
    «expect reports top»
    «expect reports top shutdown»
}
"
    outages_of_nobody r#"
supervisor top { worker a; worker one b; worker c }
server a { on call go { reply ok } }
server b { init { log "begins" } }
outage one at=1 for=2
outage «two» at=1 for=2
outage «c» silent at=1 for=2
outage a «quiet» at=1 for=2
«outage a at=1»
client { call a go }
"#
    an_outage_that_cannot_be r#"
supervisor top { worker a; supervisor pool { worker b } }
server a { on call go { reply ok } }
outage «pool» at=1 for=2
outage a «silnt» at=1 for=2
outage a at=«soon» for=2
outage a at=«-1» for=0
«outage»
client { call a go }
"#
    what_is_fixed_of_nobody r#"
supervisor top { worker a }
server a { on call go { reply ok } }
fixed strategy of=«tpo»
fixed «strategie» of=a
fixed restart of=«2»
«fixed»
client { call a go }
"#
    a_misspelt_fault "supervisor top { worker a }\nfault «kil» a\n«fault slow a»\n"
    a_fault_that_kills_too_many r#"
supervisor top { worker a; worker b }

fault kill «any» a
fault kill «c»
fault kill a «time=2»
««fault burst a»»
«fault burst a crashes=2»
fault burst a crashes=«1» within=100
fault burst a b crashes=3 within=«infinity»
"#
    a_fault_that_cannot_strike r#"
supervisor top {
    worker a
    worker b
    supervisor pool { worker c }
    worker idler
}

process idler { hang }

client main { note "here" }

fault fail_start «pool»
fault hang_terminate «idler»
fault slow «main» by=30
fault «crash_terminat» b
fault crash_terminate b nth=«0»
"#
    a_stray_message_that_cannot_be r#"
supervisor top { worker alpha; worker beta name=#false }

shared count 0

client {
    note "here"
}

fault send «alpa» tick
fault send «beta» tick
fault send «self» tick
fault send alpha «$count»
«fault send alpha»
"#
    faults_that_are_said_twice r#"
supervisor top { worker a; worker b }

fault kill a times=2
«fault kill   a»
fault kill a b
fault at_most 2
«fault at_most 3»
fault at_most «0»
"#

    // Registries and partition supervisors.
    a_registry_that_says_too_little "«registry names»\nclient { size names }\n"
    a_registry_that_says_too_much "
registry names keys=«uniqe» partitions=«0» {
    listeners ear
    «listner» ear
}
registry other keys=unique «name=another»
client { size other }
"
    a_registry_that_is_not_there "
registry names keys=unique
client {
    register «(nmaes)key» 1
    call «(nmaes)key» hello
    keys «nmaes»
    «size (names)key»
}
"
    a_partition_supervisor_without_numbers "«partition_supervisor pool» { worker a }\nclient { call (pool)1 hello }\n"
    a_partition_supervisor_of_two_children "
partition_supervisor pool partitions=2 { worker a; «worker» b }
«partition_supervisor empty partitions=2 strategy=«simple_one_for_one»» { }
client { partitions «names» }
"
    a_partition_supervisor_under_another_name "
registry names keys=unique
partition_supervisor pool partitions=2 «name=other» { worker a }
partition_supervisor more partitions=2 «name=(global)more» { worker b }
partition_supervisor most partitions=2 name=«(nmes)most» { worker c }
partition_supervisor good partitions=2 name=(names)good { worker d }
client {
    call «good» hello
    call (good)1 hello
    partitions good
}
"
    a_lock_before_its_time "
scenario \"t\" elixir=\"1.14\"
registry names keys=unique
partition_supervisor pool partitions=2 { worker a }
client {
    «lock» names key { settle }
    «resize» pool 1
}
"
    a_name_that_nobody_gives_out "
partition_supervisor pool partitions=2 { worker a }
supervisor top { worker b name=«(pool)1» }
client { expect alive «(pool)1» }
"
    a_process_under_a_name_that_a_registry_keeps "
registry names keys=unique
supervisor top { worker idler name=«(names)one» }
process idler { receive stop }
client { start_child top idler id=two name=«(names)two» }
"

    // Shapes.
    too_few_values "
supervisor top { worker a }
server a {
    table names
    on call get $x { «insert names $x» }
}
client { «send a»; «call»; «await» }
"
    too_many_values "
supervisor top { worker a }
server a {
    table names
    on call get $x { delete names $x «again» }
}
client { settle «now»; kill a «b» }
"
    a_missing_block "supervisor top { worker a }\nserver a {\n    «on call get»\n}\n«client»\n"
    a_block_too_many "supervisor top { «worker a» { worker b } }\n"
    wrong_types "
supervisor top max_restarts=«many» max_seconds=«0» { worker a }
client {
    sleep «-5»
    sleep «soon»
    call a x timeout=«1.5»
    trap_exit «yes»
    repeat «0» { settle }
    note «unquoted»
}
"
    wrong_values "
supervisor top { worker a }
client {
    call a «1.5»
    call a «#null»
    call a «:ok»
    call a «_»
    call a «_x»
    call a «99999999999999999999»
    call «1» x
    call a x as=«result»
}
"
    a_wrong_header "scenario «untitled» {\n    about \"x\"\n}\nsupervisor top { worker a }\n"
    a_wrong_release "scenario \"x\" otp=«17»\nsupervisor top { worker a }\n"
    a_wrong_elixir "scenario \"x\" elixir=«1.18»\nsupervisor top { worker a }\n"
    a_late_header "supervisor top { worker a }\n«scenario» \"x\"\n"
    a_property_given_twice "supervisor top { worker a restart=temporary «restart=permanent» }\n"
    a_tagged_line "(«x»)supervisor top { worker a }\n"

    // Terms.
    a_wrong_term "
supervisor top { worker a }
client {
    call a (term)\"{a, «B»}\"
    call a (term)\"{a, \\\"x\\\" «b»}\"
    call a (term)#\"{\"a\", [1, 2«»\"#
    call a «(term)ok»
}
"
    a_wrong_term_of_several_lines "
supervisor top autostart=#false {
    init (term)\"\"\"
        {ok, {#{strategy => one_for_one
               «intensity» => 1}, []}}
        \"\"\"
}
client { start_link top }
"

    // Names.
    definitions_given_twice "
supervisor top { worker a; worker b; worker «a» }
server a { var x 1; var «x» 2; on call get { reply $x } }
server «a» { on call get { reply 1 } }
client c { settle }
client «c» { settle }
shared n 0
shared «n» 0
"
    two_of_what_is_one "
supervisor top { worker a }
server a {
    init { log \"one\" }
    «init» { log \"two\" }
    terminate { log \"one\" }
    «terminate» { log \"two\" }
}
"
    unknown_names "
supervisor top { worker KV.Registry; worker b «Bucket» }
server KV.Registry {
    table names
    queue waiting
    phase open { on call get { goto «opened» } }
    on call put $x { insert «nams» $x 1; push «wating» $x; set «count» 1; reply ok }
}
client one {
    call «KV.Regstry» get
    start_child «tip» KV.Registry
    terminate_child top «c»
    expect restarted «KV.Regitsry»
    await «on»
    add «total» 1
    insert «cache» a 1
    start_application «web»
    spawn «nothing»
}
"
    an_id_without_a_name "
supervisor top { worker a name=alpha; worker b name=#false }
client { call «a» x; call «b» x; expect alive a b alpha }
"
    unbound_variables "
shared total 0
supervisor top { worker a }
server a {
    args $size
    var count 0
    on call get $key { reply $count «$kee» $size $total }
    on cast put { if «$flag» is 1 { bind $in 1 }; else { log \"x\" $in } }
    on info $x { }
    terminate $why { log \"x\" $why «$key» }
}
client {
    call a x as=$first
    expect $first is «$second»
    sleep «$ms»
    send «$whom» hello
}
"
    a_variable_hidden "
shared total 0
supervisor top { worker a }
server a {
    var count 0
    on call get { call a x as=«$count»; bind «$total» 1; reply ok }
}
"
    no_variable_is_known_to_a_property "supervisor top { worker a }\nalways { «$x» is 1 }\n"
    what_nothing_starts "
supervisor top { worker a }
supervisor «spare» autostart=#false { worker b }
server «lonely» { on call x { reply ok } }
process «idle» { hang }
agent «cache»
application «web» autostart=#false { supervisor w { worker c } }
"

    // Places.
    statements_in_the_wrong_place "
supervisor top { worker a }
server a {
    init { «reply» ok; «stop reason=x»; fail bad }
    on cast x { «reply» ok; «ignore»; «receive» y; «repeat» 2 { log \"x\" } }
    on call y { «expect» ok; reply ok }
    terminate { «timeout» 5; «goto» «z» }
}
process p { «reply» ok; «push» «q» 1; «stop» }
client { «continue» x; spawn p; «else» { settle }
    «when» x { }
}
"
    what_a_server_declares_in_code "supervisor top { worker a }\nserver a { on call x { «var» y 1; reply ok } }\n"

    // Combinations that OTP would refuse, or that mean nothing.
    a_template_too_many "supervisor pool strategy=simple_one_for_one { worker a; «worker» b }\n"
    no_template "supervisor pool strategy=«simple_one_for_one» { }\n"
    significant_but_permanent "
supervisor top auto_shutdown=any_significant {
    worker a significant=«#true»
    worker b significant=«#true» restart=permanent
    worker c significant=#true restart=transient
}
"
    significant_for_nothing "
supervisor top { worker a significant=«#true» restart=temporary; «worker b» }
server b significant=#true restart=transient { on call x { reply ok } }
"
    a_strategy_for_a_dynamic_supervisor "supervisor top { dynamic_supervisor d «strategy=one_for_all» { «worker» a } }\n"
    auto_shutdown_of_templates "supervisor pool strategy=simple_one_for_one auto_shutdown=«any_significant» { worker a }\n"
    what_a_release_does_not_have "
scenario \"old\" otp=23
supervisor top auto_shutdown=«any_significant» { worker a }
client { «which_child» top a }
"
    priority_messages_before_their_release "
scenario \"old\" otp=27
process peer { receive bye }
client {
    alias priority=«#true» as=$alias
    send $alias hello priority=«#true»
    exit $alias reason=bye priority=«#true»
    spawn_monitor peer priority=«#true» as=$peer
    link $peer priority=«#true»
    monitor $peer priority=«#false»
}
"
    a_module_for_a_template "
supervisor pool strategy=simple_one_for_one { worker a }
server b { on call x { reply ok } }
client { start_child pool «b»; «start_child pool» }
"
    a_process_is_not_a_server "
process p { hang }
server s { on call x { reply ok } }
client { start_link «p»; spawn «s» }
"
    a_reference_to_what_starts_anyway "supervisor a { worker x }\nsupervisor b { supervisor «a»; «supervisor c» }\n"
    a_failure_that_cannot_happen "
expect-failure «no-leak» \"why\"
expect-failure «no-leaks» \"why\"
expect-failure «expect» seed=3
expect-failure «no-deadlock» \"why\"
expect-failure few \"why\"
supervisor top { worker a }
allow deadlock
always few { alive a }
"
    within_what_is_always "supervisor top { worker a }\nalways no-orphans «within=5»\neventually within=5 { alive a }\n"
    an_exit_without_a_reason "supervisor top { worker a }\nclient { «exit a» }\n"
    an_application_of_two_trees "application web {\n    supervisor a { worker b }\n    «supervisor» c { worker d }\n    «worker» e\n}\n"
    a_supervisor_in_itself "
supervisor a autostart=#false { worker b «c» }
supervisor c autostart=#false { supervisor d { supervisor a } }
supervisor top { supervisor a }
"
    nothing_to_expect_of "
supervisor top { worker a }
client { settle; «expect ok»; call a x; expect ok }
client { «match result» { when ok { settle } } }
client { expect alive a; note \"x\" }
"
    times_without_an_end "
scenario \"x\" max_delay=«$later»
supervisor top { worker a }
client {
    sleep «infinity»
    send_after «infinity» a x
    eventually every=«0» { call a x; expect ok }
    call a x timeout=infinity
}
"
    starts_said_wrongly "
supervisor top { worker a }
supervisor other autostart=#false { worker b }
agent memory
server echo { init { «init_ack» ok; ««init_fail»» } }
process quiet { receive never }
process special { «init_ack»; init_fail no reason=gone «because=that»; init_ack ok }
process enters { enter_loop «special»; «enter_loop echo timeout=5 continue=ok name=«(reg)key»»; init_ack ok }
client {
    start_monitor «quiet» as=$p ref=$r
    start_monitor «other»
    start_monitor «memory»
    start_monitor echo «tag=ok»
    start_link echo «ref=$q»
    start special name=«mine»
    «init_ack» ok
    «enter_loop» echo
    start enters
}
"
    a_timeout_before_its_release "
scenario \"x\" otp=27
supervisor top { worker a }
server a { on call $_ { timeout 5 «tick»; reply ok }; on cast $_ { «timeout» } }
"
    a_parallel_dispatch_said_wrongly r#"
registry topics keys=duplicate partitions=2
supervisor top { worker a S }
server S {
    var count 0
    table seen
    on call tell $what {
        dispatch (topics)news $who $value parallel=#true {
            «reply» ok
            set «count» 1
            insert «seen» $who $value
            send $who $what $count
            bind $mine $value
        }
        reply «$mine»
    }
}
client {
    call a tell x
    dispatch (topics)news $who $value parallel=«yes» { send $who hello }
    dispatch (topics)news $who $value parallel=#true { «receive» hello; «expect» hello }
}
"#
    child_specs_said_wrongly r#"
supervisor top {}
server Stack { on call $x { reply $x } }
process plain { receive never }
start_function off returns ignore
client {
    child_spec «Stakc» as=$one
    child_spec «plain»
    child_spec «off»
    child_spec Stack restart=«sometimes» shutdown=«soon» type=«task» significant=«maybe»
    child_spec Stack «name=stack» «max_restarts=3»
    child_spec «$nothing» id=x
    start_child top «$unbound»
    «child_spec»
    start_child top Stack as=$s
}
"#
    aliases_said_wrongly "
process quiet { receive never }
client {
    spawn_monitor quiet as=$p ref=$r alias=«replies»
    monitor $p alias=«always» tag=ok
    alias «forever» as=$a
    unalias «$b»
}
"
    outcomes_said_wrongly "
shared seen nothing
outcomes seen «sean» { outcome ok ok; «outcome ok»; «ends» a b; «outcome ok ok» }
««outcomes seen»» { }
client { set seen ok }
"
    an_outcome_that_varies "
shared seen nothing
outcomes seen { outcome «$seen»; outcome «_» }
client { set seen ok }
"
    a_clause_too_far "
client {
    receive { when x { settle }; «otherwise» { settle } }
    match ok { when x { settle }; «after» 5 { settle } }
    «match ok» { }
}
"

    // Tasks.
    what_cannot_be_said_of_tasks "
supervisor top { task_supervisor jobs «strategy=one_for_all»; dynamic_supervisor pool; worker s }
«task_supervisor alone» { extra_arguments 1 }
task t { return 1 }
«task «unused»»
task «idle» { return 2 }
process p { «return» 1 }
server s { on call x { await «$task»; «await c»; reply ok } }
client c {
    async «s» as=$task
    async «nothing»
    async t supervisor=«pool»
    async t shutdown=«100»
    «async_nolink t»
    «async_stream t»
    async_stream «s» over=$task
    async_stream t over=«5» shutdown=«100» max_concurrency=«0»
    async_stream t over=$task ordered=«1» on_timeout=«wait» take=«-1»
    «async_stream_nolink t over=$task»
    start_child jobs «s»
    start_child pool t
    spawn «t»
    spawn p
    shutdown $task «100»
    shutdown $task timeout=«soon»
    await «nobody»
    «yield»
}
"

    // Orders, state machines, and functions of Erlang.
    an_order_that_asks_for_something_else r#"
supervisor top { worker a }
client { call a hello }
eventually «in-order» { started a }
«always in-order»  {}
finally in-order {
    «stopped» a
    «alive» a
    ended a «$reason»
    sent a «DOWN» to=client
    got a cast hello «from=client»
    got a «exit» boom
    log «hello»
}
"#
    a_state_machine_and_a_server_are_two r#"
supervisor top { worker door; worker plain }
statem door {
    state closed {
        enter { «postpone» }
        on call open { «continue» later; goto opened; reply ok }
        on «timeout» { log "never" }
    }
    «phase» opened { on call close { goto closed; reply ok } }
}
server plain {
    on call hello { «postpone»; reply ok }
    on «internal» x { log "never" }
}
"#
    a_function_of_ets_and_what_is_computed r#"
client {
    ets «looup» t a
    «ets insert t a 1»
    compute «a» + 1
    compute 1 «plus» 1
    «living»
}
"#
}

#[test]
fn a_file_that_is_too_large() {
    let text = format!("supervisor top {{ worker a }}\n{}", "// padding\n".repeat(100_000));
    let mistakes = parse("large.kdl", &text).expect_err("more than 1 MiB");
    assert_eq!(mistakes.list[0].message, "the file is larger than the limit of 1048576 bytes");
}

#[test]
fn a_file_that_is_nested_too_deeply() {
    for opening in ["a { ", "a (", "/* "] {
        let mistakes = parse("deep.kdl", &opening.repeat(100_000)).expect_err("too deep");
        assert_eq!(mistakes.list[0].message, "nested deeper than the limit of 64 levels");
    }
}

#[test]
fn the_deepest_file_that_is_read() {
    let text = format!("client {{ {}{} }}", "eventually { ".repeat(63), "} ".repeat(63));
    assert!(parse("deep.kdl", &text).is_ok());
}

#[test]
fn a_large_file_that_is_no_scenario() {
    // The KDL parser alone would overflow its stack on any of these.
    for junk in ["a=".repeat(50_000), "=\n".repeat(50_000), "a 1.5.5\n".repeat(5000), "(a".repeat(60)] {
        let text = format!("supervisor top {{ worker a }}\n{}{junk}", "// padding\n".repeat(1000));
        let mistakes = parse("junk.kdl", &text).expect_err("junk");
        assert!(!mistakes.render(80, false).is_empty());
    }
}

#[test]
fn a_mistake_late_in_a_large_file_is_found_there() {
    let before = "supervisor top { worker a }\n".to_owned() + &"// padding\n".repeat(2000);
    let text = format!("{before}client {{ sleep 1 }}\nclient {{ sleep=1=2 }}\n");
    let mistakes = parse("large.kdl", &text).expect_err("one mistake");
    assert_eq!(mistakes.list.len(), 1, "{:?}", mistakes.list);
    assert_eq!(&text[mistakes.list[0].span.start..][..4], "=1=2");
}

#[test]
fn a_report_shows_a_limited_number_of_mistakes() {
    let text = format!("supervisor top {{ worker a }}\nclient {{\n{}}}", "    oops\n".repeat(60));
    let mistakes = parse("long.kdl", &text).expect_err("sixty mistakes");
    assert_eq!(mistakes.list.len(), 60);
    assert!(mistakes.render(80, false).ends_with("and 10 more\n"));
}

#[test]
fn a_name_on_purpose_counts_for_its_own_line() {
    check(
        "a-name-that-only-a-term-knows",
        r#"
supervisor spare autostart=#false { worker b }
client {
    call (term)"ghost" hello
    expect exit noproc
    call «ghost» hello
    start_link spare
    whereis «spare»
}
"#,
    );
}

#[test]
fn an_exit_is_caught_of_the_line_before_alone() {
    check(
        "a-clause-for-an-exit-of-a-value",
        r#"
supervisor top { worker a }
server a {
    on call ask $who {
        match $who {
            when nobody { reply nobody }
            «exit» noproc { reply gone }
        }
    }
}
client {
    call a ask nobody
    match result {
        when nobody {}
        «exits» noproc {}
    }
    receive {
        when x {}
        «raise» badarg {}
    }
}
"#,
    );
}
