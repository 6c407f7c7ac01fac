//! How an outcome reads in a transcript. Keys stand as `key=value`, then create and mod revision, version, and the lease
//! if there is one. An operation inside a transaction is indented; a revision of 0 is an empty header.

use etcd::{
    apply::{Outcome, Response},
    pb::{
        authpb::Permission,
        etcdserverpb::{
            AlarmType, DeleteRangeResponse, PutResponse, RangeResponse, ResponseHeader, TxnResponse, response_op,
        },
        mvccpb::KeyValue,
    },
};

/// Lines, each with its end.
pub fn outcome(outcome: &Outcome) -> String {
    let lines = match outcome {
        Outcome::Refused(refusal) => vec![format!("refused {refusal:?}")],
        Outcome::Done(response) => self::response(response),
    };
    lines.into_iter().map(|line| line + "\n").collect()
}

fn response(response: &Response) -> Vec<String> {
    match response {
        Response::Range(response) => range(response),
        Response::Put(response) => put(response),
        Response::DeleteRange(response) => delete(response),
        Response::Txn(response) => txn(response),
        Response::Compact(response) => vec![format!("compact {}", rev(&response.header))],
        Response::LeaseGrant(response) => {
            vec![format!("grant {} id={} ttl={}", rev(&response.header), response.id, response.ttl)]
        }
        Response::LeaseRevoke(response) => vec![format!("revoke {}", rev(&response.header))],
        Response::Alarm(response) => {
            let name =
                |alarm| AlarmType::try_from(alarm).map_or(format!("{alarm}"), |known| known.as_str_name().into());
            let alarms = response.alarms.iter().map(|on| format!("  {} {}", name(on.alarm), on.member_id));
            [format!("alarm {}", rev(&response.header))].into_iter().chain(alarms).collect()
        }
        Response::AuthEnable(response) => vec![format!("auth on {}", rev(&response.header))],
        Response::AuthDisable(response) => vec![format!("auth off {}", rev(&response.header))],
        Response::AuthStatus(response) => {
            let on = if response.enabled { "on" } else { "off" };
            vec![format!("auth status {} {on} auth_revision={}", rev(&response.header), response.auth_revision)]
        }
        Response::Authenticate(response) => vec![format!("login {} {}", rev(&response.header), response.token)],
        Response::UserAdd(response) => vec![format!("user add {}", rev(&response.header))],
        Response::UserGet(response) => vec![format!("user get {} {:?}", rev(&response.header), response.roles)],
        Response::UserList(response) => vec![format!("user list {} {:?}", rev(&response.header), response.users)],
        Response::UserDelete(response) => vec![format!("user del {}", rev(&response.header))],
        Response::UserChangePassword(response) => vec![format!("user passwd {}", rev(&response.header))],
        Response::UserGrantRole(response) => vec![format!("user grant {}", rev(&response.header))],
        Response::UserRevokeRole(response) => vec![format!("user revoke {}", rev(&response.header))],
        Response::RoleAdd(response) => vec![format!("role add {}", rev(&response.header))],
        Response::RoleGet(response) => {
            let line = |permission: &Permission| {
                let [from, end] = [&permission.key, &permission.range_end].map(|key| key.escape_ascii().to_string());
                format!("  {} {from}..{end}", permission.perm_type().as_str_name())
            };
            [format!("role get {}", rev(&response.header))].into_iter().chain(response.perm.iter().map(line)).collect()
        }
        Response::RoleList(response) => vec![format!("role list {} {:?}", rev(&response.header), response.roles)],
        Response::RoleDelete(response) => vec![format!("role del {}", rev(&response.header))],
        Response::RoleGrantPermission(response) => vec![format!("role permit {}", rev(&response.header))],
        Response::RoleRevokePermission(response) => vec![format!("role forbid {}", rev(&response.header))],
        Response::Members(members) => {
            members.iter().map(|member| format!("{:x} {} {:?}", member.id, member.name, member.peer_urls)).collect()
        }
        Response::Empty => vec!["done".into()],
    }
}

fn rev(header: &Option<ResponseHeader>) -> String {
    header.as_ref().map_or("without header".into(), |header| format!("rev={}", header.revision))
}

fn kv(kv: &KeyValue) -> String {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let lease = if kv.lease == 0 { String::new() } else { format!(" l{}", kv.lease) };
    let (create, modified) = (kv.create_revision, kv.mod_revision);
    format!("  {}={} c{create} m{modified} v{}{lease}", text(&kv.key), text(&kv.value), kv.version)
}

fn range(response: &RangeResponse) -> Vec<String> {
    let more = if response.more { " more" } else { "" };
    let head = format!("get {} count={}{more}", rev(&response.header), response.count);
    [head].into_iter().chain(response.kvs.iter().map(kv)).collect()
}

fn put(response: &PutResponse) -> Vec<String> {
    [format!("put {}", rev(&response.header))].into_iter().chain(response.prev_kv.iter().map(kv)).collect()
}

fn delete(response: &DeleteRangeResponse) -> Vec<String> {
    let head = format!("del {} deleted={}", rev(&response.header), response.deleted);
    [head].into_iter().chain(response.prev_kvs.iter().map(kv)).collect()
}

fn txn(response: &TxnResponse) -> Vec<String> {
    let succeeded = if response.succeeded { "then" } else { "else" };
    let ops = response.responses.iter().flat_map(|op| match &op.response {
        Some(response_op::Response::ResponseRange(response)) => range(response),
        Some(response_op::Response::ResponsePut(response)) => put(response),
        Some(response_op::Response::ResponseDeleteRange(response)) => delete(response),
        Some(response_op::Response::ResponseTxn(response)) => txn(response),
        None => vec!["nothing".into()],
    });
    let ops = ops.map(|line| format!("  {line}"));
    [format!("txn {} {succeeded}", rev(&response.header))].into_iter().chain(ops).collect()
}
