package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"

	clientv3 "go.etcd.io/etcd/client/v3"
)

// follower is one watch over all that the writers write. The client resumes it by itself; it must tell of each change once
// and in order.
type follower struct {
	client *clientv3.Client
	watch  clientv3.WatchChan
	cancel context.CancelFunc
	mutex  sync.Mutex
	// What the writers were promised, by revision.
	promised map[int64]change
	// What the watch told, by revision.
	told map[int64]change
	last int64
}

type change struct{ key, value string }

func newFollower(client *clientv3.Client) *follower {
	// The watch outlives the writers.
	ctx, cancel := context.WithCancel(context.Background())
	watch := client.Watch(ctx, "w/", clientv3.WithPrefix(), clientv3.WithRev(1))
	return &follower{
		client: client, watch: watch, cancel: cancel,
		promised: make(map[int64]change), told: make(map[int64]change),
	}
}

func (follower *follower) promise(revision int64, change change) error {
	follower.mutex.Lock()
	defer follower.mutex.Unlock()
	if other, is := follower.promised[revision]; is {
		return fmt.Errorf("%v and %v were both promised revision %d", other, change, revision)
	}
	follower.promised[revision] = change
	return nil
}

func (follower *follower) run(ctx context.Context, started func()) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case response, isOpen := <-follower.watch:
			if !isOpen {
				return errors.New("the watch ended")
			}
			if err := follower.take(response); err != nil {
				return err
			}
			started()
		}
	}
}

func (follower *follower) take(response clientv3.WatchResponse) error {
	if err := response.Err(); err != nil {
		return fmt.Errorf("the watch ended: %w", err)
	}
	for _, event := range response.Events {
		revision := event.Kv.ModRevision
		if revision <= follower.last {
			return fmt.Errorf("revision %d was told of behind %d", revision, follower.last)
		}
		follower.last = revision
		follower.told[revision] = change{string(event.Kv.Key), string(event.Kv.Value)}
	}
	return nil
}

func (follower *follower) check(ctx context.Context) (string, error) {
	defer follower.cancel()
	// Something to wait for: the last that is ever written here.
	end, err := follower.client.Put(ctx, "w/end", "")
	if err != nil {
		return "", err
	}
	for follower.last < end.Header.Revision {
		select {
		case response := <-follower.watch:
			if err := follower.take(response); err != nil {
				return "", err
			}
		case <-ctx.Done():
			return "", errors.New("the watch did not come to its end")
		}
	}
	for revision, promised := range follower.promised {
		if told := follower.told[revision]; told != promised {
			return "", fmt.Errorf("revision %d: %v was promised, the watch told of %v", revision, promised, told)
		}
	}
	return fmt.Sprintf("watch: %d changes, %d of them promised", len(follower.told), len(follower.promised)), nil
}

// writer puts one number after the other under a key of its own.
type writer struct {
	client   *clientv3.Client
	key      string
	watch    *follower
	progress *progress
	// The last that was promised, and the last that was tried.
	promised, tried int
	// Those that were not answered: each may still come, whenever.
	unknown map[int]bool
	failed  int
}

// errUnanswered is what a read fails with when nothing is known.
var errUnanswered = errors.New("not answered")

func (writer *writer) run(ctx context.Context, started func()) error {
	for ctx.Err() == nil {
		writer.tried++
		value := strconv.Itoa(writer.tried)
		request, cancel := within(ctx)
		response, err := writer.client.Put(request, writer.key, value)
		cancel()
		if err != nil {
			writer.unknown[writer.tried] = true
			writer.failed++
			continue
		}
		writer.promised = writer.tried
		if err := writer.watch.promise(response.Header.Revision, change{writer.key, value}); err != nil {
			return err
		}
		writer.progress.add()
		switch err := writer.look(ctx); {
		case errors.Is(err, errUnanswered):
			writer.failed++
		case err != nil:
			return err
		default:
			started()
		}
	}
	return nil
}

// look reads what was written: not less than what was promised, and no more than what was tried.
func (writer *writer) look(ctx context.Context) error {
	request, cancel := within(ctx)
	defer cancel()
	_, value, err := read(request, writer.client, writer.key)
	if err != nil {
		return fmt.Errorf("%w: %w", errUnanswered, err)
	}
	isAsPromised := value >= writer.promised && value <= writer.tried
	if !isAsPromised && !writer.unknown[value] {
		return fmt.Errorf("%s is %d; %d was promised", writer.key, value, writer.promised)
	}
	return nil
}

func (writer *writer) check(ctx context.Context) (string, error) {
	line := fmt.Sprintf("%s: %d writes, %d requests failed", writer.key, writer.tried, writer.failed)
	return line, writer.look(ctx)
}

// counter counts up in transactions.
type counter struct {
	client            *clientv3.Client
	progress          *progress
	promised, unknown int
}

const counterKey = "counter"

func (counter *counter) run(ctx context.Context, started func()) error {
	for ctx.Err() == nil {
		request, cancel := within(ctx)
		was, value, err := read(request, counter.client, counterKey)
		if err == nil {
			is := clientv3.Compare(clientv3.ModRevision(counterKey), "=", was)
			next := clientv3.OpPut(counterKey, strconv.Itoa(value+1))
			var response *clientv3.TxnResponse
			response, err = counter.client.Txn(request).If(is).Then(next).Commit()
			if err != nil {
				counter.unknown++
			} else if response.Succeeded {
				counter.promised++
				counter.progress.add()
				started()
			}
		}
		cancel()
	}
	return nil
}

func (counter *counter) check(ctx context.Context) (string, error) {
	_, value, err := read(ctx, counter.client, counterKey)
	if err == nil && (value < counter.promised || value > counter.promised+counter.unknown) {
		err = fmt.Errorf("counted to %d; %d were promised, %d not answered", value, counter.promised, counter.unknown)
	}
	return fmt.Sprintf("counter: %d, %d requests failed", value, counter.unknown), err
}

// read tells when a key was last changed, and its number; zeros if there is none.
func read(ctx context.Context, client *clientv3.Client, key string) (int64, int, error) {
	response, err := client.Get(ctx, key)
	if err != nil || len(response.Kvs) == 0 {
		return 0, 0, err
	}
	value, err := strconv.Atoi(string(response.Kvs[0].Value))
	return response.Kvs[0].ModRevision, value, err
}
