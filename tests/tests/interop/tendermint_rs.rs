//! tendermint-rs, the client of the Rust programs around CometBFT: it computes hashes itself, so that what it reads must fit together.

use super::{first_node, settled, some_transaction};
use futures_util::StreamExt;
use lianyan_tests::{
    Outcome,
    demo::{self, Demo},
};
use std::time::Duration;
use tendermint_rpc::{
    Client, HttpClient, Order, Paging, SubscriptionClient, WebSocketClient,
    client::CompatMode,
    event::EventData,
    query::{EventType, Query},
};
use tokio::time::timeout;

/// A block comes every three seconds.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn tendermint_rs_reads_our_node_and_hears_of_new_blocks() -> Outcome {
    let demo = Demo::start()?;
    let node = first_node(&demo)?;
    let newest = settled(&node)?;
    let hash = some_transaction(&node, newest)?.parse()?;
    let client = HttpClient::builder(node.as_str().try_into()?)
        .compat_mode(CompatMode::V0_38)
        .build()?;

    let status = client.status().await?;
    assert!(status.sync_info.latest_block_height.value() >= newest);
    let tx = client.tx(hash, true).await?;
    let block = client.block(tx.height).await?;
    let header = &block.block.header;
    assert_eq!(header.chain_id, status.node_info.network);
    assert_eq!(header.hash(), block.block_id.hash);
    assert_eq!(block.block.data[tx.index as usize], tx.tx);
    assert_eq!(tx.proof.map(|proof| proof.root_hash), header.data_hash);
    let results = client.block_results(tx.height).await?;
    let results = results.txs_results.unwrap_or_default();
    assert_eq!(results.len(), block.block.data.len());
    assert_eq!(results[tx.index as usize], tx.tx_result);

    let commit = client.commit(tx.height).await?.signed_header;
    assert_eq!(&commit.header, header);
    assert_eq!(commit.commit.block_id.hash, header.hash());
    let validators = client.validators(tx.height, Paging::All).await?.validators;
    assert_eq!(commit.commit.signatures.len(), validators.len());
    let set = tendermint::validator::Set::without_proposer(validators);
    assert_eq!(set.hash(), header.validators_hash);

    proves(&client).await?;
    tells_the_rest(&client, newest).await?;
    hears_of_blocks(&node, newest).await
}

/// An answer of the application, with its proof.
async fn proves(client: &HttpClient) -> Outcome {
    let key = node::merkle::sha256(b"any key").to_vec();
    let path = Some("/head".to_owned());
    let answer = client.abci_query(path, key.clone(), None, true).await?;
    assert!(answer.code.is_ok() && answer.key == key, "{answer:?}");
    let ops = answer.proof.ok_or("no proof")?.ops;
    assert_eq!(ops.len(), 1);
    assert_eq!(
        (ops[0].field_type.as_str(), &ops[0].key),
        ("ics23:jmt", &key)
    );
    Ok(())
}

/// Whatever else it knows to ask for.
async fn tells_the_rest(client: &HttpClient, newest: u64) -> Outcome {
    let height: tendermint::block::Height = newest.try_into()?;
    client.health().await?;
    assert!(client.abci_info().await?.last_block_height >= height);
    match std::env::var_os(demo::COMETBFT) {
        None => tells_its_parameters(client, height).await?,
        // There the demo admits a type of key that tendermint-rs does not know.
        Some(_) => {
            let refused = client.genesis::<serde_json::Value>().await;
            let why = refused.map(drop).map_err(|error| error.to_string());
            assert!(why.is_err_and(|why| why.contains("ml_dsa_65")));
        }
    }
    client.net_info().await?;
    let header = client.header(height).await?.header;
    let by_hash = client.header_by_hash(header.hash()).await?.header;
    assert_eq!(by_hash.as_ref(), Some(&header));
    let by_hash = client.block_by_hash(header.hash()).await?.block;
    assert_eq!(by_hash.map(|block| block.header), Some(header));
    let metas = client.blockchain(1_u32, 5_u32).await?.block_metas;
    assert_eq!(metas.len(), 5);
    let query = Query::eq("tx.height", 1);
    let found = client
        .tx_search(query, true, 1, 5, Order::Ascending)
        .await?;
    assert!(
        found
            .txs
            .iter()
            .all(|tx| tx.height.value() == 1 && tx.proof.is_some())
    );
    Ok(())
}

async fn tells_its_parameters(client: &HttpClient, height: tendermint::block::Height) -> Outcome {
    let genesis = client.genesis::<serde_json::Value>().await?;
    assert_eq!(genesis.validators.len(), 4);
    let params = client.consensus_params(height).await?.consensus_params;
    assert_eq!(params.block, genesis.consensus_params.block);
    Ok(())
}

/// Two new blocks, one after the other, over the websocket.
async fn hears_of_blocks(node: &str, newest: u64) -> Outcome {
    let url = format!("{}/websocket", node.replacen("http", "ws", 1));
    let (client, driver) = WebSocketClient::new(url.as_str()).await?;
    let driving = tokio::spawn(driver.run());
    let mut blocks = client.subscribe(EventType::NewBlock.into()).await?;
    let mut heard = Vec::new();
    while heard.len() < 2 {
        let event = timeout(PATIENCE, blocks.next()).await?;
        match event.ok_or("the subscription ended")??.data {
            EventData::NewBlock {
                block: Some(block),
                block_id,
                ..
            } => {
                assert_eq!(block.header.hash(), block_id.hash);
                heard.push(block.header.height.value());
            }
            other => return Err(format!("no new block: {other:?}").into()),
        }
    }
    assert!(heard[0] > newest && heard[1] == heard[0] + 1, "{heard:?}");
    drop(blocks);
    client.close()?;
    Ok(driving.await??)
}
