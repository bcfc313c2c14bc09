package load

// A Tally counts the outcomes of the requests of a generator; times are in milliseconds.
type Tally struct {
	Offered    int       // requests that were due, sent or not
	NotOffered int       // not sent, because the generator was late or out of connections
	Served     []float64 // times of requests answered 200 in time
	Shed       []float64 // times of requests answered 503 in time
	Failed     int       // answered otherwise, late, or not at all
	Abrupt     int       // shed without Retry-After
	Dropped    int       // shed, and the connection was not kept
}

// add counts the outcome of one request.
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

// Merge adds the tally of another generator.
func (t *Tally) Merge(other Tally) {
	t.Offered += other.Offered
	t.NotOffered += other.NotOffered
	t.Served = append(t.Served, other.Served...)
	t.Shed = append(t.Shed, other.Shed...)
	t.Failed += other.Failed
	t.Abrupt += other.Abrupt
	t.Dropped += other.Dropped
}
