package actors

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAShutdownThatGivesUpNamesWhoHasNotFinished(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props())
		k.serve("GET /stuck", stuckHere(time.Minute))
		idle, kept, stuck := k.dial(), k.dial(), k.dial()
		idle.send(get)
		idle.want("nothing is there", "HTTP/1.1 404")
		kept.send(ask("GET", "/clerk/"))
		stuck.send(ask("GET", "/stuck"))
		k.wait(soon)
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		ended := k.shutdown(ctx)
		k.wait(5*time.Second + stopTimeout)
		var unfinished *UnfinishedError
		if err := <-ended; !errors.As(err, &unfinished) || !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("want an *UnfinishedError with the error of the context, got %v", err)
		}
		want := []string{"listener/connection$2", "listener/connection$3", "router/GET /stuck"}
		if !slices.Equal(unfinished.Actors, want) {
			t.Errorf("want the connections within an exchange and the handler that runs, %q, got %q", want, unfinished.Actors)
		}
		wantText := "actors: stopped before these had finished: " + strings.Join(want, ", ") + ": context deadline exceeded"
		if unfinished.Error() != wantText {
			t.Errorf("want %q, got %q", wantText, unfinished.Error())
		}
		kept.want("every request ends in a response", "HTTP/1.1 503", "\r\nConnection: close\r\n")
		stuck.want("every request ends in a response", "HTTP/1.1 503", "\r\nConnection: close\r\n")
		if k.log.count("WARN stopped within an exchange", "actor=listener/connection$2 ", "exchange=1", "route=/clerk/") != 1 {
			t.Errorf("want it in the log, got %q", k.log.written())
		}
		k.log.wantInOrder(k,
			`WARN stopping at once actor=server why=context deadline exceeded unfinished=3`,
			"WARN stopped, but for some actor=server connections=3 exchanges=3 rejected=0 refused=0 unavailable=0 timeouts=0 crashes=0 late=0 actors=[router/GET /stuck]")
		k.wait(time.Minute)
	})
}

func TestAShutdownSaysWhyItsContextEnded(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", mute())
		k.peer.send(get)
		why := errors.New("a second signal")
		ctx, cancel := context.WithCancelCause(context.Background())
		ended := k.shutdown(ctx)
		cancel(why)
		k.wait(soon)
		err := <-ended
		if !errors.Is(err, context.Canceled) || !errors.Is(err, why) || !strings.HasSuffix(err.Error(), ": a second signal") {
			t.Errorf("want the error of the context and its cause, got %v", err)
		}
		k.peer.want("every request ends in a response", "HTTP/1.1 503")
	})
}

func TestAShutdownThatIsCancelledSaysSo(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", mute())
		k.peer.send(get)
		ctx, cancel := context.WithCancel(context.Background())
		ended := k.shutdown(ctx)
		k.wait(time.Second)
		wantPending(t, "nobody has answered", ended)
		cancel()
		wantError(t, "whatever ended the context", ended, context.Canceled)
		k.peer.want("every request ends in a response", "HTTP/1.1 503")
	})
}

// There may be thousands of connections.
func TestTheTextOfAnUnfinishedErrorIsBounded(t *testing.T) {
	all := make([]string, 10_000)
	for i := range all {
		all[i] = fmt.Sprintf("listener/connection$%d", i)
	}
	for _, test := range []struct {
		n    int
		want string
	}{
		{1, "listener/connection$0: too late"},
		{shownUnfinished, fmt.Sprintf("listener/connection$%d: too late", shownUnfinished-1)},
		{shownUnfinished + 1, fmt.Sprintf("listener/connection$%d and 1 more: too late", shownUnfinished-1)},
		{10_000, fmt.Sprintf("listener/connection$%d and %d more: too late", shownUnfinished-1, 10_000-shownUnfinished)},
	} {
		err := &UnfinishedError{Actors: all[:test.n], cause: errors.New("too late")}
		if !strings.HasSuffix(err.Error(), test.want) || len(err.Error()) > 1000 {
			t.Errorf("of %d: want it to end with %q, in a line that can be read, got %q", test.n, test.want, err)
		}
	}
}
