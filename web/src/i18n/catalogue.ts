import enAlerts from './en/alerts.json'
import enApp from './en/app.json'
import enDocuments from './en/documents.json'
import enAudit from './en/audit.json'
import enInspection from './en/inspection.json'
import enLabour from './en/labour.json'
import enLots from './en/lots.json'
import enMessage from './en/message.json'
import enOrders from './en/orders.json'
import enPeople from './en/people.json'
import enPlant from './en/plant.json'
import enQualifications from './en/qualifications.json'
import enShifts from './en/shifts.json'
import enRecords from './en/records.json'
import enRecalls from './en/recalls.json'
import enReactions from './en/reactions.json'
import enSign from './en/sign.json'
import enStatus from './en/status.json'
import enTerminal from './en/terminal.json'
import enTerminals from './en/terminals.json'
import deAlerts from './de/alerts.json'
import deApp from './de/app.json'
import deDocuments from './de/documents.json'
import deAudit from './de/audit.json'
import deInspection from './de/inspection.json'
import deLabour from './de/labour.json'
import deLots from './de/lots.json'
import deMessage from './de/message.json'
import deOrders from './de/orders.json'
import dePeople from './de/people.json'
import dePlant from './de/plant.json'
import deQualifications from './de/qualifications.json'
import deShifts from './de/shifts.json'
import deRecords from './de/records.json'
import deRecalls from './de/recalls.json'
import deReactions from './de/reactions.json'
import deSign from './de/sign.json'
import deStatus from './de/status.json'
import deTerminal from './de/terminal.json'
import deTerminals from './de/terminals.json'

export const en = {
  ...enAlerts,
  ...enApp,
  ...enDocuments,
  ...enInspection,
  ...enAudit,
  ...enLabour,
  ...enLots,
  ...enMessage,
  ...enOrders,
  ...enPeople,
  ...enPlant,
  ...enRecords,
  ...enRecalls,
  ...enReactions,
  ...enSign,
  ...enStatus,
  ...enTerminal,
  ...enTerminals,
  ...enShifts,
  ...enQualifications,
}
export const de = {
  ...deAlerts,
  ...deApp,
  ...deDocuments,
  ...deInspection,
  ...deAudit,
  ...deLabour,
  ...deLots,
  ...deMessage,
  ...deOrders,
  ...dePeople,
  ...dePlant,
  ...deRecords,
  ...deRecalls,
  ...deReactions,
  ...deSign,
  ...deStatus,
  ...deTerminal,
  ...deTerminals,
  ...deShifts,
  ...deQualifications,
}

type PluralForm = '_one' | '_other'
type Stem<K> = K extends `${infer S}${PluralForm}` ? S : K

/** Every text of the catalogue by its key; plural pairs go by their stem. */
export type Key = Stem<keyof typeof en>
