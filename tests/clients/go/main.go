// A client of a cluster that loses its leader again and again. It keeps one connection for all it does, to all members,
// and in the end everything that it was promised must be so.
//
// It prints "ready" when all of it is under way, and "progress" whenever some writes more were acknowledged. When its
// input ends, it stops, compares, and ends: with 0 if all is well.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
)

const (
	// An election takes less, and so does the start of a member.
	requestMax = 20 * time.Second
	// Longer than a cluster is without a leader.
	leaseSeconds = 30
	// Writes between two lines of progress.
	progressWrites = 50
)

// part is something that a client does all the time.
type part interface {
	// run works until the context ends, and calls started once it has done its work once.
	run(ctx context.Context, started func()) error
	// check compares what was promised with what is; it returns a line about it.
	check(ctx context.Context) (string, error)
}

func main() {
	endpoints := flag.String("endpoints", "", "the members, with commas")
	flag.Parse()
	if err := work(strings.Split(*endpoints, ",")); err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

func work(endpoints []string) error {
	client, err := clientv3.New(clientv3.Config{
		Endpoints:            endpoints,
		DialTimeout:          5 * time.Second,
		DialKeepAliveTime:    2 * time.Second,
		DialKeepAliveTimeout: time.Second,
		Logger:               zap.NewNop(),
	})
	if err != nil {
		return err
	}
	defer client.Close()
	progress := &progress{}
	watch := newFollower(client)
	parts := []part{
		watch,
		&counter{client: client, progress: progress},
		&leaseholder{client: client},
		&locked{client: client, progress: progress},
		&candidates{client: client},
	}
	for number := range 4 {
		parts = append(parts, &writer{
			client: client, key: fmt.Sprintf("w/%d", number), watch: watch, progress: progress,
			unknown: make(map[int]bool),
		})
	}

	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	if err := runAll(ctx, stop, parts); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*requestMax)
	defer cancel()
	// The watch first: it has to hear the last of the writes.
	for _, part := range parts {
		line, err := part.check(ctx)
		if err != nil {
			return err
		}
		fmt.Println(line)
	}
	return nil
}

// runAll runs all parts until the context ends, or one of them fails.
func runAll(ctx context.Context, stop context.CancelFunc, parts []part) error {
	var started, running sync.WaitGroup
	failures := make(chan error, len(parts))
	for _, part := range parts {
		started.Add(1)
		running.Add(1)
		go func() {
			defer running.Done()
			if err := part.run(ctx, sync.OnceFunc(started.Done)); err != nil {
				failures <- fmt.Errorf("%T: %w", part, err)
				stop()
			}
		}()
	}
	go func() {
		started.Wait()
		fmt.Println("ready")
	}()
	running.Wait()
	select {
	case err := <-failures:
		return err
	default:
		return nil
	}
}

// progress tells of writes that were acknowledged.
type progress struct {
	mutex  sync.Mutex
	writes int
}

func (progress *progress) add() {
	progress.mutex.Lock()
	defer progress.mutex.Unlock()
	progress.writes++
	if progress.writes%progressWrites == 0 {
		fmt.Println("progress")
	}
}

// within is the time of one request. A request that has begun goes on when the rest is told to stop.
func within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), requestMax)
}
