//! The least that a small run can be: three clients, a server and its supervisor as numbers in a loop, with dice over
//! who goes next, and nothing that anybody could look at.

use std::hint::black_box;

use super::processor;

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let word = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (u128::from(word ^ (word >> 31)) * u128::from(sides) >> 64) as u64
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Client {
    Asks(u8),
    Waits(u8),
    Done,
}

fn run(seed: u64) -> u64 {
    let mut dice = Dice(seed);
    let mut clients = [Client::Asks(4); 3];
    let (mut mail, mut alive, mut calls, mut steps) = (Vec::with_capacity(4), true, 0, 0);
    while clients.iter().any(|client| *client != Client::Done) {
        steps += 1;
        match dice.throw(5) {
            3 if alive => {
                if let Some(client) = mail.pop() {
                    let Client::Waits(left) = clients[client as usize] else { continue };
                    clients[client as usize] = if left == 1 { Client::Done } else { Client::Asks(left - 1) };
                    calls += 1;
                    if calls % 4 == 0 {
                        alive = false;
                        for client in mail.drain(..) {
                            if let Client::Waits(left) = clients[client as usize] {
                                clients[client as usize] = Client::Asks(left);
                            }
                        }
                    }
                }
            }
            4 => alive = true,
            client if client < 3 => {
                if let Client::Asks(left) = clients[client as usize]
                    && alive
                {
                    clients[client as usize] = Client::Waits(left);
                    mail.push(client);
                }
            }
            _ => (),
        }
    }
    steps
}

/// Whole runs a second.
pub fn small_runs() -> f64 {
    let begun = processor::seconds();
    let runs = 500_000;
    for seed in 0..runs {
        black_box(run(black_box(seed)));
    }
    runs as f64 / (processor::seconds() - begun)
}
