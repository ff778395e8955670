package nodegrpc

import (
	"context"
	"errors"
	"io"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/node"
)

const (
	firstRetry = 100 * time.Millisecond
	lastRetry  = 5 * time.Second
)

// receive handles what the agent says until the stream ends.
func (x *session) receive(stream stream) error {
	for {
		m, err := stream.Recv()
		switch {
		case errors.Is(err, io.EOF):
			return errClosed
		case err != nil:
			return err
		}
		x.heard.Store(int64(x.server.now()))
		if err := x.handle(m); err != nil {
			return err
		}
	}
}

func (x *session) handle(m *agentv1.FromAgent) error {
	switch m := m.GetMessage().(type) {
	case *agentv1.FromAgent_Heartbeat:
		x.load.Store(m.Heartbeat.GetRunning())
		ack := &agentv1.HeartbeatAck{Seq: m.Heartbeat.GetSeq(), HoldMs: x.hold().Milliseconds()}
		_ = x.offer(&toAgent{Message: &agentv1.ToAgent_HeartbeatAck{HeartbeatAck: ack}}) // if the queue is full, the next one serves as well
	case *agentv1.FromAgent_Started:
		return x.with(m.Started.GetRef(), func(w node.Workload, ref node.TaskRef) {
			w.Started(x.lasting(), x.info.NodeID, ref, millis(m.Started.GetAgoMs()))
		})
	case *agentv1.FromAgent_Output:
		return x.with(m.Output.GetRef(), func(w node.Workload, ref node.TaskRef) {
			w.Output(x.lasting(), x.info.NodeID, ref, frameOf(m.Output))
		})
	case *agentv1.FromAgent_Result:
		return x.with(m.Result.GetRef(), func(w node.Workload, ref node.TaskRef) { x.ended(w, ref, m.Result) })
	case *agentv1.FromAgent_Images:
		x.imagesChanged(imagesOf(m.Images))
	case *agentv1.FromAgent_Egress:
		return x.with(m.Egress.GetRef(), func(w node.Workload, ref node.TaskRef) {
			if user, ok := w.(node.EgressUser); ok {
				user.EgressReported(x.lasting(), x.info.NodeID, ref, *egressOf(m.Egress))
			}
		})
	case *agentv1.FromAgent_InputTaken:
		return x.with(m.InputTaken.GetRef(), func(w node.Workload, ref node.TaskRef) {
			if user, ok := w.(node.InputUser); ok {
				user.InputTaken(x.lasting(), x.info.NodeID, ref, node.InputTaken{
					ID: m.InputTaken.GetId(), Taken: int(m.InputTaken.GetTaken()), State: m.InputTaken.GetState(),
				})
			}
		})
	case *agentv1.FromAgent_Goodbye:
		x.bye = true
		x.server.Log.InfoContext(x.ctx, "agent stops", "node_id", x.info.NodeID, "reason", m.Goodbye.GetReason())
	case *agentv1.FromAgent_Hello:
		return status.Error(codes.InvalidArgument, "A session has one hello.")
	}
	return nil // a message of a newer agent
}

// with calls the workload that a ref belongs to. A ref that makes no sense ends the session.
func (x *session) with(from *agentv1.TaskRef, call func(node.Workload, node.TaskRef)) error {
	ref, err := refOf(from)
	if err != nil {
		return status.Error(codes.InvalidArgument, err.Error())
	}
	w, ok := x.server.workloads[ref.Kind]
	if !ok {
		x.server.Log.WarnContext(x.ctx, "agent speaks of a task of an unknown kind", "node_id", x.info.NodeID, "kind", ref.Kind)
		return nil
	}
	x.calls.Lock()
	defer x.calls.Unlock()
	call(w, ref)
	return nil
}

// imagesChanged tells who asked for images.
func (x *session) imagesChanged(all []node.ImageStatus) {
	x.calls.Lock()
	defer x.calls.Unlock()
	for _, w := range x.server.workloads {
		if user, ok := w.(node.ImageUser); ok {
			user.ImagesChanged(x.lasting(), x.info.NodeID, x.info.Epoch, all)
		}
	}
}

// ended stores a result beside the session's other messages, again until it is
// stored or the session ends; the agent sends it again in its next session.
func (x *session) ended(w node.Workload, ref node.TaskRef, r *agentv1.Result) {
	select {
	case x.results <- struct{}{}:
	case <-x.ctx.Done():
		return
	}
	x.storing.Go(func() {
		defer func() { <-x.results }()
		result := resultOf(r)
		for pause := firstRetry; ; pause = min(2*pause, lastRetry) {
			err := w.Ended(x.lasting(), x.info.NodeID, x.info.Epoch, ref, result)
			if err == nil || errors.Is(err, node.ErrStale) {
				x.put(&toAgent{Message: &agentv1.ToAgent_Ack{Ack: &agentv1.Ack{Ref: refTo(ref)}}})
				return
			}
			x.server.Log.WarnContext(x.ctx, "storing a result failed, trying again", "ref", ref, "pause", pause, "error", err)
			select {
			case <-x.ctx.Done():
				return
			case <-time.After(pause):
			}
		}
	})
}

// send writes what is queued. It alone uses the stream's Send after the welcome.
func (x *session) send(stream stream) {
	for {
		select {
		case m := <-x.queue:
			if err := stream.Send(m); err != nil {
				x.stop(err)
				return
			}
		case <-x.ctx.Done():
			return
		}
	}
}

// offer queues a message unless the queue is full.
func (x *session) offer(m *toAgent) error {
	select {
	case x.queue <- m:
		return nil
	default:
		return node.ErrBusy
	}
}

// put queues a message and waits for room, at most until the session ends.
func (x *session) put(m *toAgent) {
	select {
	case x.queue <- m:
	case <-x.ctx.Done():
	}
}

// want applies what people want of the node. It does not wait for the workloads.
func (x *session) want(cordoned, draining bool) {
	x.mu.Lock()
	same := x.info.Cordoned == cordoned && x.info.Draining == draining
	x.info.Cordoned, x.info.Draining = cordoned, draining
	x.mu.Unlock()
	if same {
		return
	}
	go func() {
		x.calls.Lock()
		defer x.calls.Unlock()
		if !x.isOpen.Load() || context.Cause(x.ctx) != nil {
			return
		}
		for _, w := range x.server.workloads {
			w.NodeChanged(x.lasting(), x.snapshot())
		}
	}()
}
