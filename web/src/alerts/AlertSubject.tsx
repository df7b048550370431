import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Alert } from './alert'

/** What an alert is about, as a way to it where it has a screen of its own. */
export function AlertSubject({ alert }: { alert: Alert }) {
  const text = <span className="id">{alert.subject}</span>
  switch (alert.noun) {
    case 'lot':
      return (
        <Anchor renderRoot={(props) => <Link to="/lots/$lot" params={{ lot: alert.subject }} {...props} />}>
          {text}
        </Anchor>
      )
    case 'nonconformance':
      return (
        <Anchor renderRoot={(props) => <Link to="/nonconformances/$id" params={{ id: alert.subject }} {...props} />}>
          {text}
        </Anchor>
      )
    case 'order':
      return (
        <Anchor renderRoot={(props) => <Link to="/orders" search={{ sel: alert.subject }} {...props} />}>{text}</Anchor>
      )
    case 'chart':
      return (
        <Anchor renderRoot={(props) => <Link to="/spc/$chart" params={{ chart: alert.subject }} {...props} />}>
          {text}
        </Anchor>
      )
    case 'gauge':
      return (
        <Anchor renderRoot={(props) => <Link to="/gauges/$gauge" params={{ gauge: alert.subject }} {...props} />}>
          {text}
        </Anchor>
      )
    case 'inspection':
      return (
        <Anchor
          renderRoot={(props) => (
            <Link to="/inspections/$inspection" params={{ inspection: alert.subject }} {...props} />
          )}
        >
          {text}
        </Anchor>
      )
    case 'capa':
      return (
        <Anchor
          renderRoot={(props) => <Link to="/capas/$id" params={{ id: alert.subject.split('/')[0] }} {...props} />}
        >
          {text}
        </Anchor>
      )
    case 'call':
      return (
        <Anchor renderRoot={(props) => <Link to="/calls" search={{ sel: alert.subject }} {...props} />}>{text}</Anchor>
      )
    case 'maintenance':
      return (
        <Anchor
          renderRoot={(props) => (
            <Link to="/maintenance/$job" params={{ job: alert.subject.split('/')[0] }} {...props} />
          )}
        >
          {text}
        </Anchor>
      )
    case 'containment':
      return (
        <Anchor renderRoot={(props) => <Link to="/holds/$hold" params={{ hold: alert.subject }} {...props} />}>
          {text}
        </Anchor>
      )
    case 'qualification':
      return (
        <Anchor
          renderRoot={(props) => (
            <Link
              to="/qualifications"
              search={{ state: 'certificates', account: alert.subject.split('/')[0] }}
              {...props}
            />
          )}
        >
          {text}
        </Anchor>
      )
  }
  return text
}
