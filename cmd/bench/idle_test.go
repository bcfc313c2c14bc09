package main

import "testing"

func TestIdleConnectionsOfEachKindAreCounted(t *testing.T) {
	for _, name := range []string{troupe, netHTTP, fastHTTP} {
		for _, kind := range idleKinds {
			t.Run(name+kind.label, func(t *testing.T) {
				p, err := startIdle(t.Context(), name, kind)
				if err != nil {
					t.Fatal(err)
				}
				before, err := p.goroutines()
				if err != nil || before == 0 {
					t.Errorf("%d goroutines, %v", before, err)
				}
				conns, err := openIdle(t.Context(), p.addr, kind, 5)
				defer closeAll(conns)
				if err != nil || len(conns) != 5 {
					t.Fatalf("%d connections, %v, want 5", len(conns), err)
				}
				if err := stillOpen(conns); err != nil {
					t.Error(err)
				}
				if err := p.stop(); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

func TestIdleConnectionsAreCounted(t *testing.T) {
	p, err := startRival(t.Context(), netHTTP, "")
	if err != nil {
		t.Fatal(err)
	}
	conns, err := openIdle(t.Context(), p.addr, idleKinds[0], 5)
	defer closeAll(conns)
	if err != nil || len(conns) != 5 {
		t.Fatalf("%d connections, %v, want 5", len(conns), err)
	}
	if err := stillOpen(conns); err != nil {
		t.Error(err)
	}
	if err := p.stop(); err != nil {
		t.Error(err)
	}
	if err := stillOpen(conns); err == nil {
		t.Error("no error, and the server is gone")
	}
}
