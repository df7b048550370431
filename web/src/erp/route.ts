import { createLazyRoute } from '@tanstack/react-router'
import { InboxPage } from './InboxPage'
import { OutboxPage } from './OutboxPage'

export const outbox = createLazyRoute('/shell/erp')({ component: OutboxPage })
export const inbox = createLazyRoute('/shell/erp/inbox')({ component: InboxPage })
