//! bbolt files through the module's own door: what is written is read again, whatever the rows; files that etcd and bbolt
//! wrote are read; bytes of any kind are survived; and real tools accept our files, where some are at hand.

mod cases;
mod crafted;
mod damage;
mod golden;
mod oracle;
mod round_trip;
mod support;
