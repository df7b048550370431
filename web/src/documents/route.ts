import { createLazyRoute } from '@tanstack/react-router'
import { DocumentPage } from './DocumentPage'
import { DocumentsPage } from './DocumentsPage'
import { EditPage } from './EditPage'

export const documents = createLazyRoute('/shell/documents')({ component: DocumentsPage })
export const document = createLazyRoute('/shell/documents/$kind/$id/$revision')({ component: DocumentPage })
export const edit = createLazyRoute('/shell/documents/$kind/$id/$revision/edit')({ component: EditPage })
