package actors

import (
	"crypto/rand"
	"strconv"
	"strings"
)

// Exchange is the number of the exchange on its connection, from 1 on. The log shows it as exchange=….
func (r *Request) Exchange() uint64 { return r.exchange }

// ID identifies the request among all requests of all servers. It consists of the run of the server, the number of
// the connection and the number of the exchange, for example "k3f9q2xa-17-3". The log shows it as id=… in each line
// about the request. It is "" for a request that was made by hand.
func (r *Request) ID() string {
	connection := r.ReplyTo()
	if connection == nil || r.env == nil {
		return ""
	}
	number := connection.Id[strings.LastIndexByte(connection.Id, '$')+1:]
	id := make([]byte, 0, len(r.env.run)+len(number)+8)
	id = append(append(append(append(id, r.env.run...), '-'), number...), '-')
	return string(strconv.AppendUint(id, r.exchange, 10))
}

// newRun names one run of a server, in 40 bits.
func newRun() string { return strings.ToLower(rand.Text()[:8]) }
