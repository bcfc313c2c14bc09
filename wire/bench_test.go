package wire

import "testing"

const (
	smallRequest = "GET /hello HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n"
	browserHead  = "GET /hello?name=world HTTP/1.1\r\nHost: localhost:8080\r\nConnection: keep-alive\r\n" +
		"Cache-Control: max-age=0\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\r\n" +
		"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n" +
		"Accept-Encoding: gzip, deflate, br\r\nAccept-Language: en-GB,en;q=0.9\r\n" +
		"Cookie: session=0123456789abcdef0123456789abcdef\r\n\r\n"
)

func BenchmarkDecodeHead(b *testing.B) {
	for name, octets := range map[string]string{"small": smallRequest, "browser": browserHead} {
		b.Run(name, func(b *testing.B) {
			limits := Limits{}.WithDefaults()
			decoder := NewDecoder(&limits)
			in := []byte(octets)
			b.SetBytes(int64(len(in)))
			b.ReportAllocs()
			for b.Loop() {
				decoder.Feed(in)
				for {
					if event, err := decoder.Next(); err != nil {
						b.Fatal(err)
					} else if event == nil {
						break
					}
				}
			}
		})
	}
}

func BenchmarkEncodeResponse(b *testing.B) {
	var encoder Encoder
	content := []byte("Hello, World!\n")
	out := make([]byte, 0, 512)
	b.ReportAllocs()
	for b.Loop() {
		out, _ = encoder.Append(out[:0], &ResponseHead{
			Status: 200, Length: BodyLength(len(content)), ContentType: "text/plain; charset=utf-8",
			Date: "Sun, 06 Nov 1994 08:49:37 GMT",
		})
		out, _ = encoder.Append(out, &Data{content})
		out, _ = encoder.Append(out, &End{})
	}
}
