package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/concurrency"
)

// leaseholder keeps a lease alive, and a key with it.
type leaseholder struct {
	client  *clientv3.Client
	lease   clientv3.LeaseID
	answers int
	cancel  context.CancelFunc
}

func (holder *leaseholder) run(ctx context.Context, started func()) error {
	request, done := within(ctx)
	defer done()
	granted, err := holder.client.Grant(request, leaseSeconds)
	if err != nil {
		return err
	}
	holder.lease = granted.ID
	if _, err := holder.client.Put(request, "held", "", clientv3.WithLease(granted.ID)); err != nil {
		return err
	}
	// It is kept until it has been looked at.
	var alive context.Context
	alive, holder.cancel = context.WithCancel(context.WithoutCancel(ctx))
	answers, err := holder.client.KeepAlive(alive, granted.ID)
	if err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case answer := <-answers:
			if answer == nil {
				return errors.New("the lease is lost")
			}
			holder.answers++
			started()
		}
	}
}

func (holder *leaseholder) check(ctx context.Context) (string, error) {
	defer holder.cancel()
	left, err := holder.client.TimeToLive(ctx, holder.lease, clientv3.WithAttachedKeys())
	if err == nil && (left.TTL <= 0 || len(left.Keys) != 1) {
		err = fmt.Errorf("the lease has %d seconds and %d keys", left.TTL, len(left.Keys))
	}
	if err == nil {
		var held *clientv3.GetResponse
		if held, err = holder.client.Get(ctx, "held"); err == nil && held.Count != 1 {
			err = errors.New("the key of the lease is gone")
		}
	}
	return fmt.Sprintf("lease: kept alive %d times", holder.answers), err
}

// each runs so many sessions at once, until the context ends. None may be lost.
func each(ctx context.Context, client *clientv3.Client, count int, work func(*concurrency.Session, int) error) error {
	failures := make(chan error, count)
	var all sync.WaitGroup
	for number := range count {
		session, err := concurrency.NewSession(client, concurrency.WithTTL(leaseSeconds))
		if err != nil {
			return err
		}
		all.Add(1)
		go func() {
			defer all.Done()
			for ctx.Err() == nil {
				select {
				case <-session.Done():
					failures <- errors.New("a session is lost")
					return
				default:
				}
				if err := work(session, number); err != nil {
					failures <- err
					return
				}
			}
		}()
	}
	all.Wait()
	select {
	case err := <-failures:
		return err
	default:
		return nil
	}
}

// locked counts under a lock that several want: what is read under it is what is to be written.
type locked struct {
	client            *clientv3.Client
	progress          *progress
	inside            atomic.Int32
	promised, unknown atomic.Int32
}

const lockedKey = "locked"

func (locked *locked) run(ctx context.Context, started func()) error {
	return each(ctx, locked.client, 3, func(session *concurrency.Session, _ int) error {
		request, cancel := within(ctx)
		defer cancel()
		mutex := concurrency.NewMutex(session, "lock/")
		if err := mutex.Lock(request); err != nil {
			return letGo(ctx, mutex)
		}
		if locked.inside.Add(1) != 1 {
			return errors.New("two hold the lock")
		}
		_, value, err := read(request, locked.client, lockedKey)
		if err == nil {
			next := clientv3.OpPut(lockedKey, strconv.Itoa(value+1))
			response, err := locked.client.Txn(request).If(mutex.IsOwner()).Then(next).Commit()
			switch {
			case err != nil:
				locked.unknown.Add(1)
			case !response.Succeeded:
				return errors.New("the lock is lost")
			default:
				locked.promised.Add(1)
				locked.progress.add()
				started()
			}
		}
		locked.inside.Add(-1)
		return letGo(ctx, mutex)
	})
}

// letGo lets go of a lock, however often that has to be asked for: it ends with the session only.
func letGo(ctx context.Context, mutex *concurrency.Mutex) error {
	for range 10 {
		request, cancel := within(ctx)
		err := mutex.Unlock(request)
		cancel()
		if err == nil || errors.Is(err, concurrency.ErrLockReleased) {
			return nil
		}
	}
	return errors.New("the lock cannot be let go")
}

func (locked *locked) check(ctx context.Context) (string, error) {
	_, value, err := read(ctx, locked.client, lockedKey)
	promised, unknown := int(locked.promised.Load()), int(locked.unknown.Load())
	if err == nil && (value < promised || value > promised+unknown) {
		err = fmt.Errorf("counted to %d under the lock; %d were promised, %d not answered", value, promised, unknown)
	}
	return fmt.Sprintf("lock: held %d times", promised), err
}

// candidates are elected in turn.
type candidates struct {
	client  *clientv3.Client
	elected atomic.Int32
}

func (candidates *candidates) run(ctx context.Context, started func()) error {
	return each(ctx, candidates.client, 2, func(session *concurrency.Session, number int) error {
		request, cancel := within(ctx)
		defer cancel()
		election := concurrency.NewElection(session, "election/")
		name := strconv.Itoa(number)
		if election.Campaign(request, name) == nil {
			// Who is elected stays so until it resigns.
			leader, err := election.Leader(request)
			if err == nil && string(leader.Kvs[0].Value) != name {
				return fmt.Errorf("%s is elected, and %s leads", name, leader.Kvs[0].Value)
			}
			candidates.elected.Add(1)
			started()
		}
		for range 10 {
			if election.Resign(request) == nil {
				return nil
			}
		}
		return errors.New("cannot resign")
	})
}

func (candidates *candidates) check(context.Context) (string, error) {
	return fmt.Sprintf("election: elected %d times", candidates.elected.Load()), nil
}
