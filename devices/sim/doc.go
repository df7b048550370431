// Package sim is a simulated plant. It is a separate party: it meets the rest of the house only over real protocols on
// TCP, as OPC UA servers, MQTT cameras, a label printer and a small ERP. Nothing in it knows a workflow, a lot's state or
// a database. It has a seed, so that the same orders meet the same good and bad parts, and faults on demand.
package sim
