//! From a request to the application and back.

use super::{
    message::{
        Answer, Ask, Block, FinalizeBlockAnswer, InitChain, InitChainAnswer, Key, PrepareProposal,
        PublicKey, Request, Response, ValidatorUpdate,
    },
    snapshots,
};
use crate::{
    application::{
        self, Application, CheckTxRequest, InitChainRequest, PROOF_TYPE, PrepareProposalRequest,
        ProcessProposalRequest, Proposal, ProposedBlock, QueryRequest, code,
    },
    comet,
    consortium::now,
    error::{Error, Result},
    store::Changes,
};
use records::{
    KeyType, ValidatorKey,
    kinds::misbehaviour::{Incident, Offence},
};
use tendermint_proto::{
    google::protobuf::Timestamp,
    v0_38::{
        abci::{
            CheckTxType, Misbehavior, MisbehaviorType, RequestCheckTx, RequestQuery,
            RequestVerifyVoteExtension, ResponseCheckTx, ResponseCommit, ResponseEcho,
            ResponseException, ResponseExtendVote, ResponseFlush, ResponseInfo,
            ResponsePrepareProposal, ResponseProcessProposal, ResponseQuery,
            ResponseVerifyVoteExtension, response_process_proposal::ProposalStatus,
            response_verify_vote_extension,
        },
        crypto::{ProofOp, ProofOps},
        types::{ConsensusParams, VersionParams},
    },
};

/// The answer to a request, and the block that it found acceptable, where it asked for that.
pub type Answered = (Response, Option<ProposedBlock>);

/// Answers a request. An error means that the application cannot go on.
pub fn answer(application: &Application, request: Request) -> Result<Answered> {
    let ask = request.ask.ok_or_else(|| {
        Error::Setup("CometBFT asks something that ABCI 2.0 does not know".into())
    })?;
    let mut acceptable = None;
    let answer = match ask {
        Ask::Echo(echo) => Answer::Echo(ResponseEcho {
            message: echo.message,
        }),
        Ask::Flush(_) => Answer::Flush(ResponseFlush {}),
        Ask::Info(_) => Answer::Info(info(application)?),
        Ask::InitChain(request) => Answer::InitChain(init_chain(application, request)?),
        Ask::Query(request) => Answer::Query(query(application, request)),
        Ask::CheckTx(request) => Answer::CheckTx(check_tx(application, &request)),
        Ask::PrepareProposal(request) => {
            Answer::PrepareProposal(prepare_proposal(application, request)?)
        }
        Ask::ProcessProposal(request) => {
            let answer = process_proposal(application, &request)?;
            if answer.status() == ProposalStatus::Accept {
                acceptable = block(request).ok();
            }
            Answer::ProcessProposal(answer)
        }
        Ask::FinalizeBlock(request) => Answer::FinalizeBlock(finalize_block(application, request)?),
        Ask::Commit(_) => {
            application.commit(Changes::default())?;
            Answer::Commit(ResponseCommit {
                retain_height: signed(application.retain_height())?,
            })
        }
        Ask::ExtendVote(_) => Answer::ExtendVote(ResponseExtendVote::default()),
        Ask::VerifyVoteExtension(request) => {
            Answer::VerifyVoteExtension(verify_vote_extension(&request))
        }
        Ask::ListSnapshots(_) => Answer::ListSnapshots(snapshots::list(application)),
        Ask::OfferSnapshot(request) => {
            Answer::OfferSnapshot(snapshots::offer(application, &request)?)
        }
        Ask::LoadSnapshotChunk(request) => {
            Answer::LoadSnapshotChunk(snapshots::load(application, &request))
        }
        Ask::ApplySnapshotChunk(request) => {
            Answer::ApplySnapshotChunk(snapshots::apply(application, request)?)
        }
    };
    let response = Response {
        answer: Some(answer),
    };
    Ok((response, acceptable))
}

/// What CometBFT is told of a failure; it stops then.
pub fn exception(error: &Error) -> Response {
    Response {
        answer: Some(Answer::Exception(ResponseException {
            error: error.to_string(),
        })),
    }
}

fn info(application: &Application) -> Result<ResponseInfo> {
    let info = application.info();
    Ok(ResponseInfo {
        data: info.data,
        version: info.version,
        app_version: info.app_version,
        last_block_height: signed(info.last_block_height)?,
        last_block_app_hash: info.last_block_app_hash.into(),
    })
}

fn init_chain(application: &Application, request: InitChain) -> Result<InitChainAnswer> {
    if request.initial_height > 1 {
        return Err(Error::Setup(format!(
            "the genesis begins at height {}; this application's chains begin at 1",
            request.initial_height
        )));
    }
    let validators: Result<Vec<_>> = request.validators.into_iter().map(from_wire).collect();
    let answer = application.init_chain(&InitChainRequest {
        time: nanos(request.time.as_ref())?,
        chain_id: request.chain_id,
        validators: validators?,
        key_types: request
            .consensus_params
            .and_then(|params| params.validator)
            .map(|params| params.pub_key_types)
            .unwrap_or_default(),
        app_state_bytes: request.app_state_bytes,
    })?;
    application.commit(Changes::default())?;
    Ok(InitChainAnswer {
        validators: answer.validators.into_iter().map(to_wire).collect(),
        app_hash: answer.app_hash.to_vec(),
    })
}

fn check_tx(application: &Application, request: &RequestCheckTx) -> ResponseCheckTx {
    let answer = application.check_tx(CheckTxRequest {
        tx: &request.tx,
        again: request.r#type() == CheckTxType::Recheck,
    });
    ResponseCheckTx {
        code: answer.code,
        log: answer.log,
        ..ResponseCheckTx::default()
    }
}

fn prepare_proposal(
    application: &Application,
    request: PrepareProposal,
) -> Result<ResponsePrepareProposal> {
    let txs = application.prepare_proposal(PrepareProposalRequest {
        max_tx_bytes: usize::try_from(request.max_tx_bytes).unwrap_or_default(),
        txs: request.txs,
        time: nanos(request.time.as_ref())?,
        local_time: now(),
    })?;
    Ok(ResponsePrepareProposal {
        txs: txs.into_iter().map(Into::into).collect(),
    })
}

fn process_proposal(application: &Application, request: &Block) -> Result<ResponseProcessProposal> {
    let judged = application.process_proposal(&ProcessProposalRequest { txs: &request.txs })?;
    let status = match judged {
        Proposal::Accept => ProposalStatus::Accept,
        Proposal::Reject(why) => {
            eprintln!("abci: a proposal is refused: {why}");
            ProposalStatus::Reject
        }
    };
    Ok(ResponseProcessProposal {
        status: status.into(),
    })
}

fn finalize_block(application: &Application, request: Block) -> Result<FinalizeBlockAnswer> {
    let answer = application.finalize_block(&block(request)?.decided())?;
    Ok(FinalizeBlockAnswer {
        tx_results: answer.tx_results,
        validator_updates: answer.validator_updates.into_iter().map(to_wire).collect(),
        consensus_param_updates: answer.app_version.map(|app| ConsensusParams {
            version: Some(VersionParams { app }),
            ..ConsensusParams::default()
        }),
        app_hash: answer.app_hash.to_vec(),
    })
}

fn block(request: Block) -> Result<ProposedBlock> {
    let misbehaviour: Result<Vec<_>> = request.misbehavior.iter().map(misbehaviour).collect();
    Ok(ProposedBlock {
        txs: request.txs,
        misbehaviour: misbehaviour?,
        hash: request
            .hash
            .as_slice()
            .try_into()
            .map_err(|_| Error::Setup("a block without a hash of 32 bytes".into()))?,
        height: unsigned(request.height)?,
        time: nanos(request.time.as_ref())?,
    })
}

fn misbehaviour(found: &Misbehavior) -> Result<application::Misbehaviour> {
    let unknown = |what| Error::Setup(format!("evidence of misbehaviour with {what}"));
    let validator = found.validator.as_ref();
    let validator = validator.ok_or_else(|| unknown("no validator"))?;
    Ok(application::Misbehaviour {
        address: validator
            .address
            .as_ref()
            .try_into()
            .map_err(|_| unknown("an address that has not 20 bytes"))?,
        incident: Incident {
            height: unsigned(found.height)?,
            offence: match found.r#type() {
                MisbehaviorType::DuplicateVote => Offence::DuplicateVote,
                MisbehaviorType::LightClientAttack => Offence::LightClientAttack,
                MisbehaviorType::Unknown => return Err(unknown("a type that is not known")),
            },
            power: unsigned(validator.power)?,
            time: nanos(found.time.as_ref())?,
        },
    })
}

/// A question never ends the application: what fails is said in the answer.
fn query(application: &Application, request: RequestQuery) -> ResponseQuery {
    let answer = unsigned(request.height).and_then(|height| {
        application.query(&QueryRequest {
            path: request.path,
            data: request.data.to_vec(),
            height,
            prove: request.prove,
        })
    });
    let answer = answer.unwrap_or_else(|error| application::QueryResponse {
        code: code::FAILED,
        log: error.to_string(),
        ..application::QueryResponse::default()
    });
    let proof_ops = answer.proof.map(|data| ProofOps {
        ops: vec![ProofOp {
            r#type: PROOF_TYPE.into(),
            key: answer.key.clone(),
            data,
        }],
    });
    ResponseQuery {
        code: answer.code,
        log: answer.log,
        key: answer.key.into(),
        value: answer.value.into(),
        proof_ops,
        height: signed(answer.height).unwrap_or_default(),
        codespace: if answer.code == code::OK { "" } else { "query" }.into(),
        ..ResponseQuery::default()
    }
}

/// Votes carry no extensions here.
fn verify_vote_extension(request: &RequestVerifyVoteExtension) -> ResponseVerifyVoteExtension {
    use response_verify_vote_extension::VerifyStatus;
    let status = match request.vote_extension.is_empty() {
        true => VerifyStatus::Accept,
        false => VerifyStatus::Reject,
    };
    ResponseVerifyVoteExtension {
        status: status.into(),
    }
}

fn from_wire(update: ValidatorUpdate) -> Result<application::ValidatorUpdate> {
    let wrong = |what| Error::Setup(format!("a validator's key is {what}"));
    let key =
        match update.pub_key.and_then(|key| key.key) {
            Some(Key::Ed25519(key)) => ValidatorKey::new(KeyType::Ed25519, &key)
                .ok_or_else(|| wrong("not 32 bytes long"))?,
            Some(Key::MlDsa65(key)) => ValidatorKey::new(KeyType::MlDsa65, &key)
                .ok_or_else(|| wrong("not 1952 bytes long"))?,
            Some(_) => return Err(wrong("neither Ed25519 nor ML-DSA-65")),
            None => return Err(wrong("missing")),
        };
    Ok(application::ValidatorUpdate {
        key,
        power: update.power,
    })
}

fn to_wire(update: application::ValidatorUpdate) -> ValidatorUpdate {
    let bytes = update.key.bytes().to_vec();
    let key = match update.key.key_type() {
        KeyType::Ed25519 => Key::Ed25519(bytes),
        KeyType::MlDsa65 => Key::MlDsa65(bytes),
    };
    ValidatorUpdate {
        pub_key: Some(PublicKey { key: Some(key) }),
        power: update.power,
    }
}

fn nanos(time: Option<&Timestamp>) -> Result<i64> {
    time.map(comet::nanos)
        .ok_or_else(|| Error::Setup("CometBFT gives no time".into()))
}

fn unsigned(height: i64) -> Result<u64> {
    u64::try_from(height).map_err(|_| Error::Setup(format!("height {height} is negative")))
}

fn signed(height: u64) -> Result<i64> {
    i64::try_from(height).map_err(|_| Error::Damaged("a height"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost::Message;

    fn update(key: Option<Key>) -> ValidatorUpdate {
        ValidatorUpdate {
            pub_key: Some(PublicKey { key }),
            power: 5,
        }
    }

    #[test]
    fn keys_of_both_kinds_pass_both_ways() {
        for key in [Key::Ed25519(vec![1; 32]), Key::MlDsa65(vec![7; 1952])] {
            let wire = update(Some(key));
            let read = from_wire(wire.clone()).expect("reads");
            assert_eq!(to_wire(read), wire);
        }
    }

    /// Field 1 of the update is the key, whose field 4 has the 1952 bytes.
    #[test]
    fn an_ml_dsa_key_is_where_v0_40_has_it() {
        let bytes = update(Some(Key::MlDsa65(vec![7; 1952]))).encode_to_vec();
        assert_eq!(bytes[..6], [0x0a, 0xa3, 0x0f, 0x22, 0xa0, 0x0f]);
        assert_eq!(bytes[bytes.len() - 2..], [0x10, 5], "field 2 is the power");
    }

    #[test]
    fn other_keys_are_refused() {
        for key in [
            None,
            Some(Key::Ed25519(vec![1; 31])),
            Some(Key::MlDsa65(vec![7; 32])),
            Some(Key::Secp256k1(vec![2; 33])),
            Some(Key::Bls12381(vec![3; 96])),
        ] {
            assert!(from_wire(update(key)).is_err());
        }
    }
}
