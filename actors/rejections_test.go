package actors

import "testing"

// "A counter per rule": each rejection counts, and the log sums them up when the server stops.
func TestRejectionsAreCountedByRule(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		for _, octets := range []string{"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/2.0\r\n\r\n"} {
			peer := k.dial()
			peer.send(octets)
			peer.want("it is refused", "HTTP/1.1 ")
		}
		list := k.server.Rejections()
		if len(list) != 2 || list[0].Count != 2 || list[0].Reason != "no Host" || list[1].Status != 505 {
			t.Errorf("want two without Host, then one of a version that is not spoken: got %+v", list)
		}
	})
}
