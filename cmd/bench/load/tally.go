package load

// A Tally counts what became of the requests of a generator; times are in milliseconds.
type Tally struct {
	Offered    int       // requests that were due, sent or not
	NotOffered int       // of those: not sent, as the generator was late or out of connections
	Served     []float64 // how long each took that was answered 200 in time
	Shed       []float64 // how long each took that was answered 503 in time
	Failed     int       // answered otherwise, late, or not at all
	Abrupt     int       // shed without Retry-After
	Dropped    int       // shed, and the connection was not kept
}

// add counts what became of one request.
func (t *Tally) add(a answer) {
	millis := a.took.Seconds() * 1e3
	switch a.outcome {
	case served:
		t.Served = append(t.Served, millis)
	case shed:
		t.Shed = append(t.Shed, millis)
		if !a.retryAfter {
			t.Abrupt++
		}
		if !a.kept {
			t.Dropped++
		}
	default:
		t.Failed++
	}
}

// Merge adds what another generator has seen.
func (t *Tally) Merge(other Tally) {
	t.Offered += other.Offered
	t.NotOffered += other.NotOffered
	t.Served = append(t.Served, other.Served...)
	t.Shed = append(t.Shed, other.Shed...)
	t.Failed += other.Failed
	t.Abrupt += other.Abrupt
	t.Dropped += other.Dropped
}
