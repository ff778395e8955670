package image

import "github.com/prometheus/client_golang/prometheus"

var (
	imagesDesc = prometheus.NewDesc("stoa_agent_images", "Container images that the control plane wants on this node, by state.", []string{"state"}, nil)
	bytesDesc  = prometheus.NewDesc("stoa_agent_image_bytes", "Bytes of all unpacked container images on this node.", nil, nil)
)

// Describe implements prometheus.Collector.
func (s *Store) Describe(to chan<- *prometheus.Desc) {
	to <- imagesDesc
	to <- bytesDesc
}

// Collect implements prometheus.Collector.
func (s *Store) Collect(to chan<- prometheus.Metric) {
	count := map[State]int{Waiting: 0, Pulling: 0, Ready: 0, Failed: 0}
	for _, one := range s.Statuses() {
		count[one.State]++
	}
	for state, n := range count {
		to <- prometheus.MustNewConstMetric(imagesDesc, prometheus.GaugeValue, float64(n), string(state))
	}
	var bytes int64
	s.mu.Lock()
	for _, e := range s.images {
		bytes += e.bytes
	}
	s.mu.Unlock()
	to <- prometheus.MustNewConstMetric(bytesDesc, prometheus.GaugeValue, float64(bytes))
}
