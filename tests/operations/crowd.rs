//! Many clients fill a member up at once. Which of them is refused is chance; what must hold is not.

use crate::support::member::{Member, Program};
use etcd::pb::etcdserverpb::{
    AlarmRequest, AlarmType, PutRequest, RangeRequest, kv_client::KvClient, maintenance_client::MaintenanceClient,
};
use tokio::task::JoinSet;
use tonic::Code;

const CLIENTS: u32 = 50;
const PUTS: u32 = 20;
const VALUE_BYTES: usize = 40_000;

/// Forty megabytes go to a member that takes eight. Each put is acknowledged or refused for lack of space; what was
/// acknowledged is there, before and after a crash; the alarm is on, and stays on.
#[tokio::test(flavor = "multi_thread")]
async fn a_member_fills_up_under_load() {
    for program in Program::all_current() {
        let mut member = Member::start(&program, &["--unsafe-no-fsync", "--quota-backend-bytes=8000000"]);
        let mut clients = JoinSet::new();
        for client in 0..CLIENTS {
            let mut kv = KvClient::new(member.channel());
            clients.spawn(async move {
                let mut acknowledged = Vec::new();
                for number in 0..PUTS {
                    let key = format!("{client}-{number}");
                    let put = PutRequest {
                        key: key.clone().into(),
                        value: vec![b'x'; VALUE_BYTES].into(),
                        ..Default::default()
                    };
                    match kv.put(put).await {
                        Ok(_) => acknowledged.push(key),
                        Err(status) => {
                            let said = (status.code(), status.message());
                            assert_eq!(said, (Code::ResourceExhausted, "etcdserver: mvcc: database space exceeded"));
                        }
                    }
                }
                acknowledged
            });
        }
        let acknowledged: Vec<String> = clients.join_all().await.into_iter().flatten().collect();
        let bytes = acknowledged.len() * VALUE_BYTES;
        assert!(bytes > 2_000_000 && acknowledged.len() < (CLIENTS * PUTS) as usize, "{program:?} took {bytes} bytes");
        for _ in 0..2 {
            let (mut kv, mut maintenance) = (KvClient::new(member.channel()), MaintenanceClient::new(member.channel()));
            for key in &acknowledged {
                let request = RangeRequest { key: key.clone().into(), keys_only: true, ..Default::default() };
                let found = kv.range(request).await.expect("reads go on").into_inner();
                assert_eq!(found.count, 1, "{program:?} acknowledged {key}");
            }
            let alarms = maintenance.alarm(AlarmRequest::default()).await.expect("the alarms").into_inner().alarms;
            assert_eq!(alarms.iter().map(|alarm| alarm.alarm()).collect::<Vec<_>>(), [AlarmType::Nospace]);
            let put = PutRequest { key: "more".into(), ..Default::default() };
            let refused = kv.put(put).await.expect_err("no space");
            assert_eq!(refused.code(), Code::ResourceExhausted, "{program:?}");
            member.kill();
            member.restart();
        }
    }
}
