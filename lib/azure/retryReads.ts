import { isRestError, type PipelinePolicy, type PipelineRequest } from '@azure/core-rest-pipeline';

/**
 * Sends a read once more if it was not answered, or if the service answered that it failed. A dead live credential must
 * not stay published because one read was lost (R48, look before acknowledging). A write is sent once (R3, no automatic
 * retries), and so is a read that was throttled, because the service says when to come again. The time limit of the
 * request lies around this policy, so a read that used it up is not sent again.
 */
export const retryReads: PipelinePolicy = {
  name: 'retryReads',
  sendRequest: async (request, next) => {
    if (!isRead(request)) return next(request);
    try {
      const response = await next(request);
      return mayPass(response.status) ? await next(request) : response;
    } catch (error) {
      // A token that cannot be had is an error of another kind.
      if (!isRestError(error) || request.abortSignal?.aborted || !mayPass(error.statusCode)) throw error;
      return next(request);
    }
  },
};

/** Listing keys and asking Resource Graph are reads, although they are sent as POST. */
function isRead({ method, url }: PipelineRequest): boolean {
  if (method === 'GET' || method === 'HEAD') return true;
  return method === 'POST' && /\/(listKeys|Microsoft\.ResourceGraph\/resources)$/i.test(new URL(url).pathname);
}

/** No status means no answer. */
function mayPass(status = 408): boolean {
  return status >= 500 || status === 408;
}
