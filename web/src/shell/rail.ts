import {
  IconActivityHeartbeat,
  IconArrowsExchange,
  IconBell,
  IconBellRinging,
  IconBinaryTree2,
  IconBolt,
  IconBrain,
  IconClockPause,
  IconEngine,
  IconCamera,
  IconEye,
  IconListNumbers,
  IconShieldExclamation,
  IconStopwatch,
  IconTimeline,
  IconCertificate,
  IconChartLine,
  IconClockHour4,
  IconCoins,
  IconFlag,
  IconGauge,
  IconLicense,
  IconListTree,
  IconCalendarStats,
  IconCalendarTime,
  IconDeviceDesktopCog,
  IconDeviceDesktop,
  IconFileText,
  IconListCheck,
  IconFileCertificate,
  IconListDetails,
  IconLock,
  IconPackage,
  IconRulerMeasure,
  IconProgressCheck,
  IconSignature,
  IconTargetArrow,
  IconTool,
  IconUsers,
  IconTruckDelivery,
  IconZoomCheck,
} from '@tabler/icons-react'
import type { Key } from '../i18n/i18n'
import { can, type Me, type Right } from '../session/session'
import type { Icon } from '../status/icons'

export interface RailItem {
  to: string
  label: Key
  icon: Icon
  /** Who may see what is behind it. */
  right: Right
  /** Leads out of the app, so it is loaded by the browser itself. */
  external?: boolean
}

export interface RailGroup {
  title?: Key
  items: RailItem[]
}

/** All there is in the rail, in its order. What an account may read decides what a person sees of it. */
const groups: RailGroup[] = [
  {
    items: [
      { to: '/orders', right: 'order.read', label: 'app.rail.orders', icon: IconListDetails },
      { to: '/lots', right: 'lot.read', label: 'app.rail.lots', icon: IconBinaryTree2 },
      { to: '/alerts', right: 'alert.read', label: 'app.rail.alerts', icon: IconBell },
      { to: '/stations', right: 'station.read', label: 'app.rail.stations', icon: IconDeviceDesktop },
    ],
  },
  {
    title: 'app.rail.quality',
    items: [
      { to: '/holds', right: 'hold.read', label: 'app.rail.holds', icon: IconLock },
      { to: '/nonconformances', right: 'nonconformance.read', label: 'nonconformances.rail', icon: IconFlag },
      { to: '/permits', right: 'permit.read', label: 'permits.rail', icon: IconLicense },
      { to: '/defect-codes', right: 'defect-code.write', label: 'nonconformances.codes.rail', icon: IconListTree },
      { to: '/quality-cost', right: 'quality-cost.read', label: 'qualitycost.rail', icon: IconCoins },
      { to: '/records', right: 'record.read', label: 'app.rail.records', icon: IconFileCertificate },
      { to: '/spc', right: 'chart.read', label: 'app.rail.spc', icon: IconChartLine },
      { to: '/inspections', right: 'inspection.read', label: 'app.rail.inspections', icon: IconZoomCheck },
      { to: '/gauges', right: 'gauge.read', label: 'app.rail.gauges', icon: IconRulerMeasure },
      { to: '/capas', right: 'capa.read', label: 'app.rail.capas', icon: IconProgressCheck },
      { to: '/recalls', right: 'recall.read', label: 'app.rail.recalls', icon: IconTargetArrow },
      { to: '/reactions', right: 'reaction.read', label: 'app.rail.reactions', icon: IconBolt },
    ],
  },
  {
    title: 'app.rail.cameras',
    items: [
      { to: '/reviews', right: 'vision.label', label: 'app.rail.reviews', icon: IconEye },
      { to: '/vision', right: 'vision.read', label: 'app.rail.vision', icon: IconCamera },
      { to: '/safety', right: 'vision.answer', label: 'app.rail.safety', icon: IconShieldExclamation },
      { to: '/counts', right: 'vision.answer', label: 'app.rail.counts', icon: IconListNumbers },
      { to: '/cycles', right: 'health.read', label: 'app.rail.cycles', icon: IconStopwatch },
      { to: '/models', right: 'health.read', label: 'app.rail.models', icon: IconBrain },
    ],
  },
  {
    title: 'app.rail.machines',
    items: [
      // Machines.
      { to: '/machines', right: 'machine.read', label: 'app.rail.states', icon: IconEngine },
      { to: '/downtime', right: 'machine.read', label: 'app.rail.downtime', icon: IconClockPause },
      // Shift calendar, OEE.
      { to: '/oee', right: 'figure.read', label: 'oee.rail', icon: IconGauge },
      { to: '/calendar', right: 'calendar.read', label: 'calendar.rail', icon: IconCalendarStats },
      // Telemetry.
      { to: '/trends', right: 'telemetry.read', label: 'app.rail.trends', icon: IconTimeline },
      // Maintenance.
      { to: '/maintenance', right: 'maintenance.read', label: 'app.rail.maintenance', icon: IconTool },
      // Andon, line board.
      { to: '/calls', right: 'call.read', label: 'calls.rail', icon: IconBellRinging },
      // Dispatching.
      { to: '/dispatch', right: 'dispatch.read', label: 'app.rail.dispatch', icon: IconListNumbers },
    ],
  },
  {
    title: 'app.rail.plant',
    items: [
      { to: '/documents', right: 'document.read', label: 'app.rail.documents', icon: IconFileText },
      { to: '/material', right: 'material.read', label: 'app.rail.material', icon: IconPackage },
      { to: '/shipping', label: 'app.rail.shipping', icon: IconTruckDelivery, right: 'shipment.read' },
      { to: '/erp', label: 'app.rail.erp', icon: IconArrowsExchange, right: 'outbox.read' },
      { to: '/health', label: 'app.rail.health', icon: IconActivityHeartbeat, right: 'health.read' },
    ],
  },
  {
    title: 'app.rail.administration',
    items: [
      { to: '/people', label: 'app.rail.people', icon: IconUsers, right: 'account.inspect' },
      { to: '/audit', label: 'app.rail.audit', icon: IconListCheck, right: 'audit.inspect' },
      { to: '/signature-rules', label: 'app.rail.signature_rules', icon: IconSignature, right: 'signature.rule' },
      { to: '/terminals', label: 'app.rail.terminals', icon: IconDeviceDesktopCog, right: 'terminal.read' },
      { to: '/qualifications', label: 'app.rail.qualifications', icon: IconCertificate, right: 'qualification.read' },
      { to: '/labour', label: 'app.rail.labour', icon: IconClockHour4, right: 'labour.read' },
      { to: '/shifts', label: 'app.rail.shifts', icon: IconCalendarTime, right: 'shift.read' },
      { to: '/temporal/', label: 'app.rail.temporal', icon: IconBinaryTree2, right: 'engine.use', external: true },
    ],
  },
]

export function railFor(me: Me): RailGroup[] {
  return groups
    .map((group) => ({ ...group, items: group.items.filter((item) => can(me, item.right)) }))
    .filter((group) => group.items.length > 0)
}
