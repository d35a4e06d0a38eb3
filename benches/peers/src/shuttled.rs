//! The small supervised run as threads under shuttle: a server that ends after every fourth call, whoever starts it
//! again three times, and three clients with four calls each that try again when they meet nobody.

use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
use shuttle::sync::mpsc::{Sender, channel};
use shuttle::sync::{Arc, Mutex};
use shuttle::{Config, Runner, thread};

use super::processor;

/// Who chooses.
#[derive(Clone, Copy)]
pub enum By {
    Random,
    Pct,
}

type Name = Arc<Mutex<Option<Sender<Sender<()>>>>>;

fn server(name: &Name) {
    let (to_me, mail) = channel::<Sender<()>>();
    *name.lock().unwrap() = Some(to_me);
    for _ in 0..4 {
        let Ok(from) = mail.recv() else { return };
        // A client that has gone needs no answer.
        let _ = from.send(());
    }
    *name.lock().unwrap() = None;
    // Whoever is still in the mailbox hears that nobody answers.
    while mail.try_recv().is_ok() {}
}

fn call(name: &Name) -> bool {
    let (to_me, answer) = channel();
    let sent = name.lock().unwrap().as_ref().is_some_and(|server| server.send(to_me).is_ok());
    sent && answer.recv().is_ok()
}

fn small_run() {
    let name: Name = Arc::new(Mutex::new(None));
    let lives = Arc::clone(&name);
    let supervisor = thread::spawn(move || {
        for _ in 0..3 {
            let life = Arc::clone(&lives);
            thread::spawn(move || server(&life)).join().unwrap();
        }
    });
    let client = || {
        let name = Arc::clone(&name);
        thread::spawn(move || {
            for _ in 0..4 {
                while !call(&name) {
                    thread::yield_now();
                }
            }
        })
    };
    let clients = [client(), client(), client()];
    clients.into_iter().for_each(|client| client.join().unwrap());
    supervisor.join().unwrap();
}

/// Whole runs a second.
pub fn small_runs(by: By) -> f64 {
    let runs = 5_000;
    let begun = processor::seconds();
    match by {
        By::Random => go(RandomScheduler::new_from_seed(1, runs)),
        By::Pct => go(PctScheduler::new_from_seed(1, 3, runs)),
    }
    runs as f64 / (processor::seconds() - begun)
}

fn go(scheduler: impl Scheduler + 'static) {
    Runner::new(scheduler, Config::default()).run(small_run);
}
