package io.zigma.server.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of requests are in memory, of all clients together: each may send a large body,
 * but not all of them at once.
 */
final class BodyBudget {

    private final long limit;
    private final AtomicLong used = new AtomicLong();

    BodyBudget(long limit) {
        this.limit = limit;
    }

    /** Takes bytes where there are so many left. */
    boolean take(long bytes) {
        if (used.addAndGet(bytes) > limit) {
            used.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    /** Gives bytes back that were taken. */
    void give(long bytes) {
        used.addAndGet(-bytes);
    }

    long used() {
        return used.get();
    }
}
