package agent

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// maxArtefacts bounds what one result carries, in bytes: with its output it must fit a message.
const maxArtefacts = 32 << 20

// artefacts has a job keep what its task asks for, and puts it into the result.
type artefacts struct{ kept []*agentv1.Artefact }

func (a *artefacts) ask(t *agentv1.Artefacts, job *sandbox.Job) error {
	if t == nil {
		return nil
	}
	if t.GetMaxBytes() < 0 || t.GetMaxCount() < 0 {
		return errors.New("a limit of its artefacts is negative")
	}
	job.Artefacts = &sandbox.Artefacts{
		Patterns: t.GetPatterns(), MaxBytes: min(t.GetMaxBytes(), maxArtefacts), MaxCount: int(t.GetMaxCount()), Keep: a.keep,
	}
	return nil
}

func (a *artefacts) keep(path string, size int64, content io.Reader) error {
	b := bytes.NewBuffer(make([]byte, 0, size))
	if _, err := io.Copy(b, content); err != nil {
		return err
	}
	sum := sha256.Sum256(b.Bytes())
	a.kept = append(a.kept, &agentv1.Artefact{Path: path, Size: int64(b.Len()), Sha256: sum[:], Content: b.Bytes()})
	return nil
}

func (a *artefacts) report(r *agentv1.Result, done sandbox.Result) {
	if r.GetOutcome() == outcomeError { // it may come another time
		return
	}
	r.Artefacts = a.kept
	for _, o := range done.Omitted {
		r.ArtefactsOmitted = append(r.ArtefactsOmitted, &agentv1.OmittedArtefact{Path: o.Path, Reason: o.Reason})
	}
}
