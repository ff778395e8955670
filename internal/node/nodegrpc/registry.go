package nodegrpc

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// enter makes x its node's session here, and waits until the one before is closed:
// the workloads see one session of a node end before the next one opens.
func (s *Server) enter(x *session) error {
	s.mu.Lock()
	if s.stopping {
		s.mu.Unlock()
		return errStopping
	}
	before := s.sessions[x.info.NodeID]
	if before != nil && before.info.Epoch > x.info.Epoch {
		s.mu.Unlock()
		return errSuperseded
	}
	s.sessions[x.info.NodeID] = x
	s.mu.Unlock()
	if before != nil {
		before.stop(errSuperseded)
		<-before.closed
	}
	return context.Cause(x.ctx)
}

func (s *Server) leave(x *session) {
	s.mu.Lock()
	if s.sessions[x.info.NodeID] == x {
		delete(s.sessions, x.info.NodeID)
	}
	s.mu.Unlock()
	close(x.closed)
}

func (s *Server) find(id ident.ID) (*session, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	x := s.sessions[id]
	if x == nil || x.ctx.Err() != nil {
		return nil, node.ErrNoSession
	}
	return x, nil
}

func (s *Server) all() []*session {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := make([]*session, 0, len(s.sessions))
	for _, x := range s.sessions {
		all = append(all, x)
	}
	return all
}

// Local implements node.Sessions.
func (s *Server) Local() []node.Session {
	var local []node.Session
	for _, x := range s.all() {
		if x.ctx.Err() == nil && x.isOpen.Load() {
			local = append(local, x.snapshot())
		}
	}
	return local
}

// Assign implements node.Sessions. On the hot path: one signature, one queued message.
func (s *Server) Assign(id ident.ID, epoch int64, t node.Task) error {
	x, err := s.find(id)
	if err != nil {
		return err
	}
	if x.info.Epoch != epoch {
		return node.ErrNoSession
	}
	expires := t.Expires
	if expires == 0 {
		expires = node.DefaultTaskExpiry
	}
	signed, err := x.sign(&agentv1.Task{
		Ref: refTo(t.Ref), NodeId: id.String(), Epoch: epoch, ExpiresMs: s.Clock().Add(expires).UnixMilli(), Spec: specTo(t),
	})
	if err != nil {
		return err
	}
	return x.offer(&toAgent{Message: &agentv1.ToAgent_Assign{Assign: signed}})
}

func (x *session) sign(t *agentv1.Task) (*agentv1.SignedTask, error) {
	task, err := proto.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("encode task: %w", err)
	}
	return &agentv1.SignedTask{Task: task, Signature: x.signer.Sign(task)}, nil
}

// SetEgress implements node.Sessions. It is signed as tasks are, for it widens what a program may do.
func (s *Server) SetEgress(id ident.ID, ref node.TaskRef, to node.Egress) error {
	x, err := s.find(id)
	if err != nil {
		return err
	}
	signed, err := x.sign(&agentv1.Task{
		Ref: refTo(ref), NodeId: id.String(), Epoch: x.info.Epoch, ExpiresMs: s.Clock().Add(node.DefaultTaskExpiry).UnixMilli(),
		Spec: &agentv1.Task_Egress{Egress: egressTo(&to)},
	})
	if err != nil {
		return err
	}
	return x.offer(&toAgent{Message: &agentv1.ToAgent_Egress{Egress: signed}})
}

// Cancel implements node.Sessions.
func (s *Server) Cancel(id ident.ID, ref node.TaskRef, reason string) error {
	x, err := s.find(id)
	if err != nil {
		return err
	}
	return x.offer(&toAgent{Message: &agentv1.ToAgent_Cancel{Cancel: &agentv1.Cancel{Ref: refTo(ref), Reason: reason}}})
}

// Input implements node.Sessions.
func (s *Server) Input(id ident.ID, ref node.TaskRef, in node.Input) error {
	x, err := s.find(id)
	if err != nil {
		return err
	}
	return x.offer(&toAgent{Message: &agentv1.ToAgent_Input{Input: &agentv1.Input{
		Ref: refTo(ref), Id: in.ID, Bytes: in.Bytes, End: in.End, Size: sizeTo(in.Size),
	}}})
}

// ReplayOutput implements node.Sessions.
func (s *Server) ReplayOutput(id ident.ID, ref node.TaskRef, fromSeq int64) error {
	x, err := s.find(id)
	if err != nil {
		return err
	}
	return x.offer(&toAgent{Message: &agentv1.ToAgent_ReplayOutput{ReplayOutput: &agentv1.ReplayOutput{Ref: refTo(ref), FromSeq: fromSeq}}})
}

// KeepImages implements node.Sessions. The reply is a node.ImageUser's.
func (s *Server) KeepImages(id ident.ID, epoch int64, all []node.Image) error {
	x, err := s.find(id)
	if err != nil {
		return err
	}
	if x.info.Epoch != epoch {
		return node.ErrNoSession
	}
	images := make([]*agentv1.Image, len(all))
	for i, image := range all {
		m := &agentv1.Image{Reference: image.Reference, Username: image.Username, Password: image.Password.Reveal(), Insecure: image.Insecure}
		for _, r := range image.Runtimes {
			m.Runtimes = append(m.Runtimes, &agentv1.ImageRuntime{Name: r.Name, Program: programTo(&r.Program)})
		}
		images[i] = m
	}
	return x.offer(&toAgent{Message: &agentv1.ToAgent_Images{Images: &agentv1.Images{Images: images}}})
}
