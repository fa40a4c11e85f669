//! What comes over a connection, and how the program ends.

use crate::program::{Application, init_chain};
use std::{
    io::{BufRead, Read, Write},
    os::unix::net::UnixStream,
};
use tendermint_proto::v0_38::abci::{
    RequestEcho, RequestFlush, request::Value as Ask, response::Value as Answer,
};

#[test]
fn answers_come_in_the_order_of_the_requests() {
    let home = tempfile::tempdir().expect("a folder");
    let mut application = Application::start(home.path());
    for number in 0..100 {
        application.send(Ask::Echo(RequestEcho {
            message: number.to_string(),
        }));
    }
    application.send(Ask::Flush(RequestFlush {}));
    for number in 0..100 {
        let answer = application.receive();
        assert!(
            matches!(&answer, Answer::Echo(echo) if echo.message == number.to_string()),
            "{answer:?}"
        );
    }
    assert!(matches!(application.receive(), Answer::Flush(_)));
}

#[test]
fn a_failure_is_said_and_ends_the_program() {
    let home = tempfile::tempdir().expect("a folder");
    let mut application = Application::start(home.path());
    let mut other = init_chain();
    other.validators.pop();
    let answer = application.ask(Ask::InitChain(other));
    let Answer::Exception(exception) = answer else {
        panic!("{answer:?}");
    };
    assert!(
        exception.error.contains("validators"),
        "{}",
        exception.error
    );
    let status = application.child.wait().expect("ends");
    assert_eq!(status.code(), Some(1));
}

#[test]
fn what_is_no_message_ends_its_connection_alone() {
    let home = tempfile::tempdir().expect("a folder");
    let mut application = Application::start(home.path());
    for garbage in [&[0xff; 12][..], &[3, 1, 2], &[4, 0xff, 0xff, 0xff, 0xff]] {
        let mut stream = UnixStream::connect(home.path().join("app.sock")).expect("connects");
        stream.write_all(garbage).expect("writes");
        stream.shutdown(std::net::Shutdown::Write).expect("closes");
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        assert!(rest.is_empty());
    }
    assert_eq!(application.info().last_block_height, 0);
}

#[test]
fn it_ends_with_the_process_that_started_it() {
    let home = tempfile::tempdir().expect("a folder");
    let mut application = Application::start(home.path());
    drop(application.child.stdin.take());
    let status = application.child.wait().expect("ends");
    assert!(status.success());
    assert!(application.stream.fill_buf().is_ok_and(<[u8]>::is_empty));
}
