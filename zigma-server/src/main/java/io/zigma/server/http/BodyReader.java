package io.zigma.server.http;

import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;

/** Reads a body as it comes, without a thread that waits for it, up to a limit. */
final class BodyReader implements Runnable {

    private static final int TOO_LARGE = 413;
    private static final int UNAVAILABLE = 503;

    private final Request request;
    private final int limit;
    private final BodyBudget budget;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
    private long taken;

    private BodyReader(Request request, int limit, BodyBudget budget) {
        this.request = request;
        this.limit = limit;
        this.budget = budget;
    }

    /**
     * Begins to read.
     *
     * @return the whole body; fails with {@link HttpException} where it is too large
     */
    static CompletableFuture<byte[]> read(Request request, int limit, BodyBudget budget) {
        BodyReader reader = new BodyReader(request, limit, budget);
        if (request.getLength() > limit) {
            reader.refuse();
            return reader.whole;
        }
        // the bytes are in memory until the answer is out
        Request.addCompletionListener(request, failure -> budget.give(reader.taken));
        reader.run();
        return reader.whole;
    }

    @Override
    public void run() {
        while (true) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                request.demand(this);
                return;
            }
            if (Content.Chunk.isFailure(chunk)) {
                whole.completeExceptionally(chunk.getFailure());
                return;
            }
            int size = chunk.remaining();
            if (bytes.size() + size > limit) {
                chunk.release();
                refuse();
                return;
            }
            if (!budget.take(size)) {
                chunk.release();
                whole.completeExceptionally(
                        new HttpException(
                                UNAVAILABLE,
                                "too many large requests at once; try again",
                                Map.of("Retry-After", "2", "Connection", "close")));
                return;
            }
            taken += size;
            bytes.writeBytes(BufferUtil.toArray(chunk.getByteBuffer()));
            chunk.release();
            if (chunk.isLast()) {
                whole.complete(bytes.toByteArray());
                return;
            }
        }
    }

    private void refuse() {
        whole.completeExceptionally(
                new HttpException(
                        TOO_LARGE,
                        "a request may have %s MiB at most".formatted(limit >> 20),
                        Map.of("Connection", "close")));
    }
}
