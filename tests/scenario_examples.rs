//! Whole scenario files become the tree that they draw.

use treefall::otp::Strategy;
use treefall::scenario::ast::{
    Callbacks, Child, Clients, Compound, CountField, Definition, DefinitionKind, Event, Expectation,
    Messages, Parsed, Processes, Server, StatementKind, SupervisorBody, Target, Tree, Value, ValueKind,
    WorkerModule,
};
use treefall::scenario::parse;

const REGISTRY: &str = r#"
// The guide's finished key-value store.
scenario "a crashed bucket is forgotten by the registry"

supervisor KV.Supervisor strategy=one_for_all {
    dynamic_supervisor KV.BucketSupervisor
    worker KV.Registry
}

server KV.Bucket restart=temporary {
    table data
    on call put $key $value { insert data $key $value; reply ok }
    on call get $key        { lookup data $key as=$value; reply $value }
}

server KV.Registry {
    table names
    table refs
    on call lookup $name {
        if has names $name {
            lookup names $name as=$bucket
            reply ok $bucket
        }
        else { reply error }
    }
    on cast create $name {
        if not-has names $name {
            start_child KV.BucketSupervisor KV.Bucket as=$bucket
            monitor $bucket as=$ref
            insert names $name $bucket
            insert refs $ref $name
        }
    }
    on DOWN $ref {
        take refs $ref as=$name
        delete names $name
    }
}

client test {
    cast KV.Registry create shopping
    call KV.Registry lookup shopping
    expect ok $found
    stop $found reason=shutdown
    eventually { call KV.Registry lookup shopping; expect error }
}

always no-orphans
finally no-leaks
"#;

const REST_FOR_ONE: &str = r#"
scenario "rest_for_one restarts the crashed child and those started after it"

supervisor top strategy=rest_for_one max_restarts=3 max_seconds=5 {
    worker a
    worker b
    worker c shutdown=100
    supervisor pool { worker d; worker e }
}

client {
    exit b reason=boom
    settle
    expect restarted b c d e
    expect untouched a
}
"#;

fn server(definition: &Definition) -> &Server {
    match &definition.kind {
        DefinitionKind::Server(server) => server,
        other => panic!("{other:?} is no server"),
    }
}

#[test]
fn the_registry_is_read_whole() {
    let scenario = parse("registry.kdl", REGISTRY).unwrap_or_else(|mistakes| {
        panic!("{}", mistakes.render(80, false));
    });
    let [bucket, registry] = scenario.definitions.as_slice() else { panic!("two servers") };
    let (bucket, registry) = (server(bucket), server(registry));
    assert_eq!(bucket.handlers.len(), 2);
    let [lookup, create, down] = registry.handlers.as_slice() else { panic!("three handlers") };
    let StatementKind::Compound(Compound::If { then, otherwise, .. }) = &lookup.body[0].kind else {
        panic!("an if")
    };
    assert_eq!(then.len(), 2);
    assert_eq!(otherwise.as_ref().map(Vec::len), Some(1));
    let Event::Cast { pattern: Value { kind: ValueKind::Tuple(create), .. } } = &create.event else {
        panic!("two values in a row are a tuple")
    };
    assert_eq!(create[0].kind, ValueKind::Atom("create".into()));
    assert_eq!(create[1].kind, ValueKind::Variable("name".into()));
    let span = create[1].span;
    assert_eq!(&REGISTRY[span.start..span.end], "$name");
    let Event::Info { pattern: Value { kind: ValueKind::Tuple(down), .. } } = &down.event else {
        panic!("`on DOWN $ref` is spelt out")
    };
    assert_eq!(down[1].kind, ValueKind::Variable("ref".into()));
    assert_eq!([&down[3].kind, &down[4].kind], [&ValueKind::Wildcard, &ValueKind::Wildcard]);

    let stop = &scenario.clients[0].body[3];
    assert_eq!(&REGISTRY[stop.span.start..stop.span.end], "stop $found reason=shutdown");
    let StatementKind::Processes(Processes::Stop { target: Target::Variable(found), .. }) = &stop.kind else {
        panic!("a stop with a target")
    };
    assert_eq!(found.text, "found");
}

#[test]
fn a_tree_keeps_its_shape_and_its_order() {
    let scenario = parse("rest.kdl", REST_FOR_ONE).unwrap_or_else(|mistakes| {
        panic!("{}", mistakes.render(80, false));
    });
    let [Tree { supervisor: top, application: None }] = scenario.trees.as_slice() else {
        panic!("one supervisor")
    };
    assert_eq!(top.strategy(), Strategy::RestForOne);
    let SupervisorBody::Children(children) = &top.body else { panic!("children") };
    let ids: Vec<&str> = children.iter().map(|child| child.name().text.as_str()).collect();
    assert_eq!(ids, ["a", "b", "c", "pool"]);
    let Child::Worker(worker) = &children[0] else { panic!("a worker") };
    assert_eq!(worker.module, WorkerModule::Plain);
    let Child::Supervisor(pool) = &children[3] else { panic!("a supervisor") };
    let SupervisorBody::Children(pooled) = &pool.body else { panic!("children") };
    assert_eq!(pooled.len(), 2);
    let StatementKind::Clients(Clients::Expect { expected: Expectation::Restarted { ids } }) =
        &scenario.clients[0].body[2].kind
    else {
        panic!("an expectation")
    };
    assert_eq!(ids.len(), 4);
}

/// The statements of a client in a file with a worker `a`.
fn client(body: &str) -> Vec<StatementKind> {
    let text = format!("supervisor top {{ worker a }}\nclient {{\n{body}\n}}");
    let scenario = parse("client.kdl", &text).unwrap_or_else(|mistakes| {
        panic!("{}", mistakes.render(80, false));
    });
    scenario.clients[0].body.iter().map(|statement| statement.kind.clone()).collect()
}

fn expectations(lines: &str) -> Vec<Expectation<Parsed>> {
    let statements = client(&format!("call a x as=$x\n{lines}")).into_iter();
    statements
        .filter_map(|statement| match statement {
            StatementKind::Clients(Clients::Expect { expected }) => Some(expected),
            _ => None,
        })
        .collect()
}

#[test]
fn a_word_alone_is_a_result_and_not_a_question() {
    let found = expectations("expect empty\nexpect alive\nexpect exit\nexpect error badarg\nexpect ok $y");
    assert!(found.iter().all(|expectation| matches!(expectation, Expectation::Result { .. })), "{found:?}");
}

#[test]
fn a_question_is_told_from_a_result() {
    let found = expectations(
        "expect alive a\nexpect exit noproc\nexpect raise badarg\nexpect $x above 3\n\
         expect count top active=1\nexpect count top active is 1\nexpect incarnation a 2\nexpect children top a",
    );
    assert!(matches!(found[0], Expectation::Alive { .. }));
    assert!(matches!(found[1], Expectation::Exit { .. }));
    assert!(matches!(found[2], Expectation::Raise { .. }));
    assert!(matches!(found[3], Expectation::Condition { .. }));
    assert!(matches!(&found[4], Expectation::Count { counts, .. } if *counts == [(CountField::Active, 1)]));
    assert!(matches!(found[5], Expectation::Condition { .. }));
    assert!(matches!(found[6], Expectation::Incarnation { number: 2, .. }));
    assert!(matches!(&found[7], Expectation::Children { ids, .. } if ids.len() == 1));
}

#[test]
fn a_value_is_what_its_spelling_says() {
    let lines = [
        ("$x", ValueKind::Variable("x".into())),
        ("\"$x\"", ValueKind::Text("$x".into())),
        ("#\"self\"#", ValueKind::Text("self".into())),
        ("self", ValueKind::SelfPid),
        ("#true", ValueKind::Atom("true".into())),
        ("KV.Registry", ValueKind::Atom("KV.Registry".into())),
        ("-7", ValueKind::Int(-7)),
        ("0x10", ValueKind::Int(16)),
    ];
    for (spelling, wanted) in lines {
        let statements = client(&format!("call a x as=$x\nsend a {spelling}"));
        let StatementKind::Messages(Messages::Send { value, .. }) = &statements[1] else { panic!("a send") };
        assert_eq!(value.kind, wanted, "{spelling}");
    }
}

#[test]
fn a_tag_and_a_term_say_the_same() {
    let kinds = |text: &str| {
        let statements = client(text);
        let StatementKind::Messages(Messages::Send { value, .. }) = &statements[0] else { panic!("a send") };
        let ValueKind::Tuple(parts) = &value.kind else { panic!("a tuple") };
        parts.iter().map(|part| part.kind.clone()).collect::<Vec<_>>()
    };
    assert_eq!(kinds("send a (shutdown)q"), kinds("send a (term)\"{shutdown, q}\""));
    assert_eq!(kinds("send a shutdown q"), kinds("send a (term)\"{shutdown, q}\""));
}

#[test]
fn what_a_monitor_says_is_a_message() {
    let statements = client("monitor a as=$ref\nreceive DOWN $ref _ $why");
    let StatementKind::Messages(Messages::ReceiveOne { pattern, .. }) = &statements[1] else {
        panic!("a receive")
    };
    let ValueKind::Tuple(parts) = &pattern.kind else { panic!("a tuple") };
    let kinds: Vec<&ValueKind> = parts.iter().map(|part| &part.kind).collect();
    assert_eq!(
        kinds,
        [
            &ValueKind::Atom("DOWN".into()),
            &ValueKind::Variable("ref".into()),
            &ValueKind::Atom("process".into()),
            &ValueKind::Wildcard,
            &ValueKind::Variable("why".into()),
        ]
    );
}

#[test]
fn a_stop_with_a_target_is_a_call_and_without_one_a_return() {
    let text = "supervisor top { worker s }\nserver s { on cast stop { stop reason=(shutdown)done } }\n\
                client { stop s reason=shutdown timeout=50; cast s stop }";
    let scenario = parse("stop.kdl", text).expect("no mistakes");
    let own = &server(&scenario.definitions[0]).handlers[0].body[0].kind;
    assert!(matches!(own, StatementKind::Callbacks(Callbacks::StopSelf { reason: Some(_) })));
    let other = &scenario.clients[0].body[0].kind;
    assert!(matches!(other, StatementKind::Processes(Processes::Stop { timeout: Some(_), .. })));
}
