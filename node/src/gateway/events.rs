//! `/websocket`: a gateway has no events, and says so as websockets do. A browser writes an error into its console for a handshake that is refused, at each
//! visit; for a line that is opened and closed in order it writes none.

use super::http::{Client, Gateway, too_many};
use axum::{
    Extension,
    extract::{
        State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code},
    },
    response::Response,
};
use std::{sync::Arc, time::Duration};
use tokio::time;

/// The client has this long to close its side.
const PATIENCE: Duration = Duration::from_secs(2);
/// Most bytes that it may say meanwhile.
const MAX_MESSAGE: usize = 1_000;

pub(super) async fn none(
    State(gateway): State<Arc<Gateway>>,
    Extension(Client(client)): Extension<Client>,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !gateway.limits.allows(client, 1) {
        return too_many();
    }
    let upgrade = upgrade
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE);
    upgrade.on_upgrade(|socket| async {
        let _ = time::timeout(PATIENCE, close(socket)).await;
    })
}

async fn close(mut socket: WebSocket) {
    let why = CloseFrame {
        code: close_code::NORMAL,
        reason: "no events here: ask again every few seconds".into(),
    };
    if socket.send(Message::Close(Some(why))).await.is_ok() {
        while let Some(Ok(_)) = socket.recv().await {}
    }
}
