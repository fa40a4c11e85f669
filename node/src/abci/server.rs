//! Listening, and a thread for each connection.

use super::{
    Address, answers, frame,
    message::Request,
    socket::{Listener, Stream},
};
use crate::{
    application::{Application, ProposedBlock},
    error::{Error, Result},
};
use prost::Message;
use std::{
    io::{self, BufRead, BufReader, BufWriter, Write},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// Between two looks for a new connection.
const PAUSE: Duration = Duration::from_millis(20);
/// Bytes that are read, or written, in one go: CometBFT sends hundreds of transactions to be checked together, and looks for the answers as often as
/// some arrive.
const BUFFER: usize = 64 * 1024;
/// Most connections at once: CometBFT opens four, a restarted one four more before the old ones are gone.
const MAX_CONNECTIONS: usize = 32;

/// A running server.
pub struct Server {
    shared: Arc<Shared>,
    thread: JoinHandle<()>,
}

struct Shared {
    application: Arc<Application>,
    stop: AtomicBool,
    /// Why the application cannot go on.
    failure: Mutex<Option<Error>>,
}

impl Server {
    /// Starts serving the application at an address.
    pub fn start(application: Arc<Application>, address: &Address) -> Result<Self> {
        let listener = Listener::at(address)?;
        let shared = Arc::new(Shared {
            application,
            stop: AtomicBool::new(false),
            failure: Mutex::new(None),
        });
        let thread = thread::spawn({
            let shared = shared.clone();
            move || listen(&listener, &shared)
        });
        Ok(Self { shared, thread })
    }

    /// Whether it has ended, for the application failed.
    pub fn has_ended(&self) -> bool {
        self.thread.is_finished()
    }

    /// Ends every connection once its request is answered; the failure, where there was one.
    pub fn stop(self) -> Result<()> {
        self.shared.stop.store(true, Ordering::Relaxed);
        let _ = self.thread.join();
        let failure = self
            .shared
            .failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        failure.map_or(Ok(()), Err)
    }
}

fn listen(listener: &Listener, shared: &Arc<Shared>) {
    let mut connections: Vec<(Stream, JoinHandle<()>)> = Vec::new();
    while !shared.stop.load(Ordering::Relaxed) {
        connections.retain(|(_, thread)| !thread.is_finished());
        match listener.accept() {
            Ok(Some(stream)) if connections.len() < MAX_CONNECTIONS => {
                if let Ok(other) = stream.again() {
                    let shared = shared.clone();
                    let thread = thread::spawn(move || serve(stream, &shared));
                    connections.push((other, thread));
                }
            }
            Ok(Some(stream)) => stream.close(),
            Ok(None) => thread::sleep(PAUSE),
            Err(error) => {
                eprintln!("abci: a connection could not be taken: {error}");
                thread::sleep(PAUSE);
            }
        }
    }
    for (stream, thread) in connections {
        stream.close();
        let _ = thread.join();
    }
}

/// Answers one connection until it ends.
fn serve(stream: Stream, shared: &Shared) {
    let Ok(reading) = stream.again() else {
        return;
    };
    let mut reader = BufReader::with_capacity(BUFFER, reading);
    let mut writer = BufWriter::with_capacity(BUFFER, stream);
    let mut proposed = None;
    loop {
        let answered = match answer_next(&shared.application, &mut reader) {
            Ok(Some(answered)) => answered,
            Ok(None) => return,
            Err(error) => {
                if !shared.stop.load(Ordering::Relaxed) {
                    eprintln!("abci: a connection ends: {error}");
                }
                return;
            }
        };
        // CometBFT asks for a flush behind every question, and goes on once that is answered: then is the time to execute what it votes on.
        let ahead = std::mem::replace(&mut proposed, answered.acceptable);
        // Answers to requests that came together leave together.
        let is_last = reader.buffer().is_empty() || ahead.is_some() || answered.failure.is_some();
        let written = writer
            .write_all(&answered.response)
            .and_then(|()| if is_last { writer.flush() } else { Ok(()) });
        if let Some(error) = answered.failure {
            return shared.fail(error);
        }
        if written.is_err() {
            return;
        }
        if let Some(block) = ahead {
            shared.application.execute_ahead(block);
        }
    }
}

/// What became of a request.
pub struct Answered {
    /// The message to send.
    pub response: Vec<u8>,
    /// The proposed block that was found acceptable.
    pub acceptable: Option<ProposedBlock>,
    /// Why the application cannot go on.
    pub failure: Option<Error>,
}

/// Reads the next request of a connection and answers it. None where the other side has closed.
pub fn answer_next(
    application: &Application,
    reader: &mut impl BufRead,
) -> io::Result<Option<Answered>> {
    let Some(request) = frame::read::<Request>(reader)? else {
        return Ok(None);
    };
    let (response, acceptable, failure) = match answers::answer(application, request) {
        Ok((response, acceptable)) => (response, acceptable, None),
        Err(error) => (answers::exception(&error), None, Some(error)),
    };
    Ok(Some(Answered {
        response: response.encode_length_delimited_to_vec(),
        acceptable,
        failure,
    }))
}

impl Shared {
    /// The application failed: nothing may be executed on top of that.
    fn fail(&self, error: Error) {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.get_or_insert(error);
        self.stop.store(true, Ordering::Relaxed);
    }
}
