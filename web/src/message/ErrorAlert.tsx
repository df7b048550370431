import { Alert, Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { PendingError, ProblemError, type Problem } from '../api/problem'
import { useT, type Translate } from '../i18n/i18n'
import classes from './message.module.css'

/** Turns whatever was thrown into the three sentences: what happened, what was kept, what to do. */
export function problemOf(t: Translate, error: unknown): Problem {
  if (error instanceof ProblemError) return complete(t, error.problem)
  if (error instanceof PendingError) return { status: 202, title: error.what, action: error.action }
  if (isProblem(error)) return complete(t, error)
  return {
    status: 0,
    title: t('message.unreached.title'),
    kept: t('message.unreached.kept'),
    action: t('message.unreached.action'),
  }
}

const isProblem = (error: unknown): error is Problem =>
  typeof error === 'object' && error !== null && 'status' in error && 'title' in error

function complete(t: Translate, problem: Problem): Problem {
  if (problem.status < 500 || problem.detail || problem.kept) return problem
  return {
    ...problem,
    title: t('message.unknown.title'),
    kept: t('message.unknown.kept'),
    action: t('message.unknown.action'),
  }
}

interface Props {
  error: unknown
  onRetry?: () => void
  onClose?: () => void
}

/** An error in its place, until it is solved. It is an alert only in the sense of the screen: polite, not shouted. */
export function ErrorAlert({ error, onRetry, onClose }: Props) {
  const t = useT()
  const problem = problemOf(t, error)
  const happened = problem.detail ?? problem.title
  return (
    <Alert
      color="crit"
      variant="light"
      icon={<IconAlertTriangle className="icon" aria-hidden />}
      title={happened}
      role="alert"
      withCloseButton={onClose !== undefined}
      closeButtonLabel={t('message.close')}
      onClose={onClose}
      classNames={{ title: classes.alertTitle, message: classes.alertText }}
    >
      {problem.kept && <span>{problem.kept} </span>}
      {problem.action && <b>{problem.action}</b>}
      {problem.errors && problem.errors.length > 0 && (
        <ul className={classes.fields}>
          {problem.errors.map((e, i) => (
            <li key={i}>
              {e.location && <span className="id">{e.location.replace(/^body\./, '')}: </span>}
              {e.message}
            </li>
          ))}
        </ul>
      )}
      {problem.code && <p className="label">{t('message.code', { code: problem.code })}</p>}
      {onRetry && (
        <Button mt="sm" onClick={onRetry}>
          {t('message.try_again')}
        </Button>
      )}
    </Alert>
  )
}
