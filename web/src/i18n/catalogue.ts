import enAlerts from './en/alerts.json'
import enApp from './en/app.json'
import enCapas from './en/capas.json'
import enDocuments from './en/documents.json'
import enAudit from './en/audit.json'
import enInspection from './en/inspection.json'
import enHolds from './en/holds.json'
import enLabour from './en/labour.json'
import enLots from './en/lots.json'
import enMessage from './en/message.json'
import enNonconformances from './en/nonconformances.json'
import enPermits from './en/permits.json'
import enQualitycost from './en/qualitycost.json'
import enOrders from './en/orders.json'
import enPeople from './en/people.json'
import enPlant from './en/plant.json'
import enQualifications from './en/qualifications.json'
import enShifts from './en/shifts.json'
import enSpc from './en/spc.json'
import enRecords from './en/records.json'
import enRecalls from './en/recalls.json'
import enReactions from './en/reactions.json'
import enSign from './en/sign.json'
import enStatus from './en/status.json'
import enTerminal from './en/terminal.json'
import enTerminals from './en/terminals.json'
import enGauges from './en/gauges.json'
import enInspections from './en/inspections.json'
import enMachines from './en/machines.json'
import enOee from './en/oee.json'
import enTelemetry from './en/telemetry.json'
import enMaintenance from './en/maintenance.json'
import enAndon from './en/andon.json'
import enDispatch from './en/dispatch.json'
import deAlerts from './de/alerts.json'
import deApp from './de/app.json'
import deCapas from './de/capas.json'
import deDocuments from './de/documents.json'
import deAudit from './de/audit.json'
import deInspection from './de/inspection.json'
import deHolds from './de/holds.json'
import deLabour from './de/labour.json'
import deLots from './de/lots.json'
import deMessage from './de/message.json'
import deNonconformances from './de/nonconformances.json'
import dePermits from './de/permits.json'
import deQualitycost from './de/qualitycost.json'
import deOrders from './de/orders.json'
import dePeople from './de/people.json'
import dePlant from './de/plant.json'
import deQualifications from './de/qualifications.json'
import deShifts from './de/shifts.json'
import deSpc from './de/spc.json'
import deRecords from './de/records.json'
import deRecalls from './de/recalls.json'
import deReactions from './de/reactions.json'
import deSign from './de/sign.json'
import deStatus from './de/status.json'
import deTerminal from './de/terminal.json'
import deTerminals from './de/terminals.json'
import deGauges from './de/gauges.json'
import deInspections from './de/inspections.json'
import deMachines from './de/machines.json'
import deOee from './de/oee.json'
import deTelemetry from './de/telemetry.json'
import deMaintenance from './de/maintenance.json'
import deAndon from './de/andon.json'
import deDispatch from './de/dispatch.json'

export const en = {
  ...enAlerts,
  ...enApp,
  ...enCapas,
  ...enDocuments,
  ...enInspection,
  ...enAudit,
  ...enHolds,
  ...enLabour,
  ...enLots,
  ...enMessage,
  ...enNonconformances,
  ...enPermits,
  ...enQualitycost,
  ...enOrders,
  ...enPeople,
  ...enPlant,
  ...enRecords,
  ...enRecalls,
  ...enReactions,
  ...enSign,
  ...enSpc,
  ...enStatus,
  ...enTerminal,
  ...enTerminals,
  ...enShifts,
  ...enQualifications,
  ...enGauges,
  ...enInspections,
  ...enMachines,
  ...enOee,
  ...enTelemetry,
  ...enMaintenance,
  ...enAndon,
  ...enDispatch,
}
export const de = {
  ...deAlerts,
  ...deApp,
  ...deCapas,
  ...deDocuments,
  ...deInspection,
  ...deAudit,
  ...deHolds,
  ...deLabour,
  ...deLots,
  ...deMessage,
  ...deNonconformances,
  ...dePermits,
  ...deQualitycost,
  ...deOrders,
  ...dePeople,
  ...dePlant,
  ...deRecords,
  ...deRecalls,
  ...deReactions,
  ...deSign,
  ...deSpc,
  ...deStatus,
  ...deTerminal,
  ...deTerminals,
  ...deShifts,
  ...deQualifications,
  ...deGauges,
  ...deInspections,
  ...deMachines,
  ...deOee,
  ...deTelemetry,
  ...deMaintenance,
  ...deAndon,
  ...deDispatch,
}

type PluralForm = '_one' | '_other'
type Stem<K> = K extends `${infer S}${PluralForm}` ? S : K

/** Every text of the catalogue by its key; plural pairs go by their stem. */
export type Key = Stem<keyof typeof en>
