package compat_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

type (
	text   = wrapperspb.StringValue
	number = wrapperspb.Int64Value
)

const (
	sayPath   = "/test.Service/Say"
	countPath = "/test.Service/Count"
	sumPath   = "/test.Service/Sum"
)

func connectService() http.Handler {
	mux := http.NewServeMux()
	mux.Handle(sayPath, connect.NewUnaryHandler(sayPath, func(_ context.Context, r *connect.Request[text]) (*connect.Response[text], error) {
		if r.Msg.Value == "" {
			return nil, connect.NewError(connect.CodeInvalidArgument, errors.New("empty"))
		}
		response := connect.NewResponse(&text{Value: "hello " + r.Msg.Value})
		response.Trailer().Set("X-Trailer", "t")
		return response, nil
	}))
	mux.Handle(countPath, connect.NewServerStreamHandler(countPath, func(_ context.Context, r *connect.Request[number], to *connect.ServerStream[number]) error {
		for i := range r.Msg.Value {
			if err := to.Send(&number{Value: i}); err != nil {
				return err
			}
		}
		return connect.NewError(connect.CodeOutOfRange, errors.New("no more"))
	}))
	mux.Handle(sumPath, connect.NewClientStreamHandler(sumPath, func(_ context.Context, from *connect.ClientStream[number]) (*connect.Response[number], error) {
		sum := &number{}
		for from.Receive() {
			sum.Value += from.Msg().Value
		}
		return connect.NewResponse(sum), from.Err()
	}))
	return mux
}

func TestConnect(t *testing.T) {
	each(t, connectService, func(t *testing.T, s *site) {
		for name, protocol := range map[string]connect.ClientOption{
			"connect": connect.WithSendGzip(), "JSON": connect.WithProtoJSON(), "gRPC-Web": connect.WithGRPCWeb(), "GET": connect.WithHTTPGet(),
		} {
			t.Run(name, func(t *testing.T) {
				ctx := t.Context()
				say := connect.NewClient[text, text](s.client, s.url+sayPath, protocol)
				said, err := say.CallUnary(ctx, connect.NewRequest(&text{Value: strings.Repeat("ann", 10_000)}))
				if err != nil {
					t.Fatal(err)
				}
				want(t, "said", said.Msg.Value, "hello "+strings.Repeat("ann", 10_000))
				want(t, "a trailer", said.Trailer().Get("X-Trailer"), "t")
				_, err = say.CallUnary(ctx, connect.NewRequest(&text{}))
				want(t, "the code", connect.CodeOf(err), connect.CodeInvalidArgument)

				counted, err := connect.NewClient[number, number](s.client, s.url+countPath, protocol).CallServerStream(ctx, connect.NewRequest(&number{Value: 3}))
				if err != nil {
					t.Fatal(err)
				}
				defer counted.Close()
				got := ""
				for counted.Receive() {
					got += fmt.Sprint(counted.Msg().Value)
				}
				want(t, "counted", got, "012")
				want(t, "the end", connect.CodeOf(counted.Err()), connect.CodeOutOfRange)

				sum := connect.NewClient[number, number](s.client, s.url+sumPath, protocol).CallClientStream(ctx)
				for i := range int64(5) {
					if err := sum.Send(&number{Value: i}); err != nil {
						t.Fatal(err)
					}
				}
				response, err := sum.CloseAndReceive()
				if err != nil {
					t.Fatal(err)
				}
				want(t, "the sum", response.Msg.Value, 10)
			})
		}
	})
	alike(t, connectService, nil, post(sayPath, `{}`, "Content-Type", "application/xml"), post(sayPath, `"ann"`, "Content-Type", "application/json"),
		post(sayPath, `"`, "Content-Type", "application/json"), get(sayPath), exchange{"PUT", sayPath, "", nil})
}
