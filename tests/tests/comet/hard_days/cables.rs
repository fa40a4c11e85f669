//! The lines between the nodes, so that they can be cut: a way through this process for each node to each other, in place of the other's address.
//! No rights and no kernel's help are needed for that, which network namespaces would want.

use lianyan_tests::Outcome;
use node::network::Plan;
use std::io::{Read, Result, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Nobody listens at discard's port: no node reaches another but by a cable.
const NOWHERE: &str = "127.0.0.1:9";

/// How a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// What goes in comes out.
    Whole,
    /// Nothing comes out, and neither end notices: what goes in waits.
    Silent,
    /// Every connection is cut, and no other one comes about.
    Cut,
}

/// All lines of a network.
pub struct Cables(Vec<Cable>);

struct Cable {
    from: usize,
    to: usize,
    address: SocketAddr,
    line: Arc<Line>,
}

struct Line {
    state: Mutex<State>,
    changed: Condvar,
    streams: Mutex<Vec<TcpStream>>,
}

impl Cables {
    /// Between the nodes of a plan whose folders are written: they are told the cables' ends for each other's addresses.
    pub fn lay(plan: &Plan) -> Outcome<Self> {
        let mut cables = Vec::new();
        for from in 0..plan.nodes.len() {
            let file = plan.home(from).folder().join("config/config.toml");
            let mut text = std::fs::read_to_string(&file)?;
            for (to, node) in plan.nodes.iter().enumerate().filter(|(to, _)| *to != from) {
                let cable = Cable::lay(from, to, node.p2p)?;
                text = text.replace(&format!("@{}", node.p2p), &format!("@{}", cable.address));
                cables.push(cable);
            }
            let outside = format!("[p2p]\nexternal_address = \"{NOWHERE}\"");
            std::fs::write(&file, text.replace("[p2p]", &outside))?;
        }
        Ok(Self(cables))
    }

    /// Separates some nodes from all others.
    pub fn separate(&self, nodes: &[usize], state: State) {
        let parted = |cable: &&Cable| nodes.contains(&cable.from) != nodes.contains(&cable.to);
        self.0
            .iter()
            .filter(parted)
            .for_each(|cable| cable.line.set(state));
    }

    /// Every line is whole again.
    pub fn mend(&self) {
        self.0.iter().for_each(|cable| cable.line.set(State::Whole));
    }
}

impl Drop for Cables {
    fn drop(&mut self) {
        for cable in &self.0 {
            cable.line.set(State::Cut);
        }
    }
}

impl Cable {
    fn lay(from: usize, to: usize, far: SocketAddr) -> Outcome<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let line = Arc::new(Line {
            state: Mutex::new(State::Whole),
            changed: Condvar::new(),
            streams: Mutex::default(),
        });
        let cable = Self {
            from,
            to,
            address: listener.local_addr()?,
            line: line.clone(),
        };
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let line = line.clone();
                // An end that goes away is its own affair.
                thread::spawn(move || line.connect(near, far).ok());
            }
        });
        Ok(cable)
    }
}

impl Line {
    fn set(&self, state: State) {
        *lock(&self.state) = state;
        self.changed.notify_all();
        if state == State::Cut {
            for stream in lock(&self.streams).drain(..) {
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
    }

    /// Waits while the line is silent; whether it is whole then.
    fn is_whole(&self) -> bool {
        let silent = |state: &mut State| *state == State::Silent;
        let state = self.changed.wait_while(lock(&self.state), silent);
        *state.unwrap_or_else(PoisonError::into_inner) == State::Whole
    }

    fn connect(self: Arc<Self>, near: TcpStream, far: SocketAddr) -> Result<()> {
        if !self.is_whole() {
            return near.shutdown(Shutdown::Both);
        }
        let far = TcpStream::connect(far)?;
        lock(&self.streams).extend([near.try_clone()?, far.try_clone()?]);
        let (ahead, back) = (self.clone(), (far.try_clone()?, near.try_clone()?));
        thread::spawn(move || ahead.pass(near, far));
        self.pass(back.0, back.1);
        Ok(())
    }

    /// One direction, until an end is gone or the line is cut.
    fn pass(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut buffer = [0; 16 * 1024];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            let bytes = buffer.get(..count).unwrap_or_default();
            if !self.is_whole() || to.write_all(bytes).is_err() {
                break;
            }
        }
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
