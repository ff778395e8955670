package stream

import "sync"

// Wake tells whoever waits for a key that something about it changed; what, they
// look up themselves. The zero Wake is ready. Wait first, then look, then wait
// on the channel: so nothing falls between.
type Wake[K comparable] struct {
	mu      sync.Mutex
	waiting map[K]*waiters
}

type waiters struct {
	woken chan struct{}
	n     int
}

// Wait returns a channel that is closed by the next Notify of the key, and a
// function that gives the wait up, which must be called in any case.
func (w *Wake[K]) Wait(key K) (<-chan struct{}, func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waiting == nil {
		w.waiting = map[K]*waiters{}
	}
	group := w.waiting[key]
	if group == nil {
		group = &waiters{woken: make(chan struct{})}
		w.waiting[key] = group
	}
	group.n++
	var once sync.Once
	return group.woken, func() {
		once.Do(func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			if group.n--; group.n == 0 && w.waiting[key] == group {
				delete(w.waiting, key)
			}
		})
	}
}

// Notify wakes everybody who waits for the key now.
func (w *Wake[K]) Notify(key K) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if group := w.waiting[key]; group != nil {
		close(group.woken)
		delete(w.waiting, key)
	}
}

// NotifyAll wakes everybody: for when hints may have been lost.
func (w *Wake[K]) NotifyAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, group := range w.waiting {
		close(group.woken)
	}
	clear(w.waiting)
}
