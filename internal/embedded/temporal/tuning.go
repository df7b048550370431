//go:build !slim

package temporal

import (
	"time"

	"go.temporal.io/server/common/dynamicconfig"
)

// tuning fits Temporal, whose defaults are made for clusters, to one small machine: less memory, shorter ways, and no
// limit that a single plant could reach in normal work. Limits that shape workflow code (updates in all, history size)
// stay at their defaults, so that the same code runs on an outside cluster.
func tuning() *dynamicconfig.MemoryClient {
	const busy = 20000 // calls per second, more than the machine can do
	client := dynamicconfig.NewMemoryClient()
	for key, value := range map[dynamicconfig.Key]any{
		// One partition per task queue: a task and a poller always meet, without forwarding.
		dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():  1,
		dynamicconfig.MatchingNumTaskqueueWritePartitions.Key(): 1,

		// Ten updates in flight are few when a shift starts and every station speaks to one order. The updates in all
		// stay at 2,000 per run: workflows continue as new long before.
		dynamicconfig.WorkflowExecutionMaxInFlightUpdates.Key(): 100,

		// A new namespace and its search attributes are known to all services after this time; see settle.
		dynamicconfig.NamespaceCacheRefreshInterval.Key(): 100 * time.Millisecond,

		// Memory: bounded by bytes instead of by 128,000 entries.
		dynamicconfig.HistoryCacheSizeBasedLimit.Key():        true,
		dynamicconfig.HistoryCacheHostLevelMaxSizeBytes.Key(): 64 << 20,
		dynamicconfig.HistoryCacheTTL.Key():                   10 * time.Minute,
		dynamicconfig.EventsCacheMaxSizeBytes.Key():           2 << 20, // per shard
		dynamicconfig.EventsCacheTTL.Key():                    10 * time.Minute,

		// Goroutines that wait for work: 512 for each kind of task by default.
		dynamicconfig.TimerProcessorSchedulerWorkerCount.Key():       32,
		dynamicconfig.MemoryTimerProcessorSchedulerWorkerCount.Key(): 8,
		dynamicconfig.TransferProcessorSchedulerWorkerCount.Key():    64,
		dynamicconfig.VisibilityProcessorSchedulerWorkerCount.Key():  16,
		dynamicconfig.ArchivalProcessorSchedulerWorkerCount.Key():    2,

		dynamicconfig.FrontendRPS.Key():                                  busy,
		dynamicconfig.FrontendMaxNamespaceRPSPerInstance.Key():           busy,
		dynamicconfig.FrontendMaxNamespaceVisibilityRPSPerInstance.Key(): 100,
		dynamicconfig.HistoryRPS.Key():                                   busy,
		dynamicconfig.MatchingRPS.Key():                                  busy,
	} {
		client.OverrideValue(key, value)
	}
	return client
}

// settle ends the hurry of the start: from now on namespaces change by hand, if ever.
func settle(client *dynamicconfig.MemoryClient) {
	client.OverrideSetting(dynamicconfig.NamespaceCacheRefreshInterval, 5*time.Second)
}
