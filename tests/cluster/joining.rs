//! Members that are killed before their logs have an entry: a founder founds its cluster when it comes back, and one that
//! joins founds nothing.

use super::member;
use etcd::{
    apply::Identity,
    disk::{Disk, mem::MemDisk},
    id::{ClusterId, MemberId},
    server::bootstrap::{Bootstrapped, FileConfig, bootstrap, bootstrap_as},
};
use std::sync::Arc;

type Found = Bootstrapped<u64, u64>;

fn voters(found: &Found) -> Vec<u64> {
    found.node.conf_state().voters
}

#[test]
fn who_joins_founds_nothing() {
    let (disk, config) = (MemDisk::new(), member::config(1));
    let door: Arc<dyn Disk> = Arc::new(disk.clone());
    let joined = Identity { cluster_id: ClusterId(7), member_id: MemberId(9) };
    let found: Found = bootstrap_as(Some(joined), &config, &FileConfig::default(), &door).expect("a start");
    assert_eq!((found.identity, found.initialized, voters(&found)), (joined, false, vec![]));
    drop(found);
    disk.kill();
    // Its settings name it as a founder: what it joined is in its log.
    let found: Found = bootstrap(&config, &FileConfig::default(), &door).expect("a return");
    assert_eq!((found.identity, found.initialized, voters(&found)), (joined, true, vec![]));
}

/// A first start that is cut off behind the making of the log is gone on with.
#[test]
fn who_founds_does_so_in_the_end() {
    let config = member::config(1);
    let whole: Arc<dyn Disk> = Arc::new(MemDisk::new());
    let founded: Found = bootstrap(&config, &FileConfig::default(), &whole).expect("a start");
    assert_eq!(voters(&founded), [founded.identity.member_id.0]);
    let disk = MemDisk::new();
    let door: Arc<dyn Disk> = Arc::new(disk.clone());
    // As if the process had ended right behind the making of the log.
    let started: Found = bootstrap_as(Some(founded.identity), &config, &FileConfig::default(), &door).expect("a log");
    assert_eq!(voters(&started), Vec::<u64>::new());
    drop(started);
    disk.kill();
    let again: Found = bootstrap(&config, &FileConfig::default(), &door).expect("a return");
    assert_eq!((again.identity, voters(&again)), (founded.identity, voters(&founded)));
}
