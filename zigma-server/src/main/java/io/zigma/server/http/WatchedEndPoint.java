package io.zigma.server.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose client can be watched while it waits for an answer. Jetty reads nothing while
 * a request of HTTP/1.1 is worked on, and so does not see that its client has closed the
 * connection. This reads ahead instead, as Go's net/http does: the end of the stream means that the
 * client is gone, and anything else is the next request, which is handed to Jetty when it asks. A
 * client that closes its half of the connection and still waits counts as gone, too, as it does for
 * Go and nginx.
 */
final class WatchedEndPoint extends SocketChannelEndPoint {

    private static final int READ_AHEAD = 1024;

    private final Executor executor;
    private final Callback watcher = new Watcher();

    /** Guards all that follows, and the order in which bytes are read. */
    private final Object lock = new Object();

    private final ByteBuffer ahead = BufferUtil.allocate(READ_AHEAD);
    private boolean watching;
    private @Nullable Callback reader;
    private @Nullable Runnable gone;

    WatchedEndPoint(
            SocketChannel channel,
            ManagedSelector selector,
            SelectionKey key,
            Scheduler scheduler,
            Executor executor) {
        super(channel, selector, key, scheduler);
        this.executor = executor;
    }

    /**
     * Has the client watched until its request is answered; all of the request has been read.
     *
     * @param whenGone called once, should it go away
     */
    void watch(Runnable whenGone) {
        synchronized (lock) {
            gone = whenGone;
            if (!watching && !ahead.hasRemaining()) {
                register();
            }
        }
    }

    /** Ends the watch: the answer is out. */
    void unwatch() {
        synchronized (lock) {
            gone = null;
        }
    }

    private void register() {
        watching = true;
        if (!super.tryFillInterested(watcher)) {
            watching = false; // Jetty is reading: it will see for itself
        }
    }

    @Override
    public void fillInterested(Callback callback) {
        if (!tryFillInterested(callback)) {
            super.fillInterested(callback); // throws as it does for two readers
        }
    }

    @Override
    public boolean tryFillInterested(Callback callback) {
        synchronized (lock) {
            if (watching && reader == null) {
                reader = callback;
                return true;
            }
            if (!ahead.hasRemaining()) {
                return super.tryFillInterested(callback);
            }
        }
        executor.execute(callback::succeeded);
        return true;
    }

    /** Asks for Jetty's own reading: it closes a connection that is still read when it answers. */
    @Override
    public boolean isFillInterested() {
        synchronized (lock) {
            return watching ? reader != null : super.isFillInterested();
        }
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        synchronized (lock) {
            if (!ahead.hasRemaining()) {
                return super.fill(buffer);
            }
            int position = BufferUtil.flipToFill(buffer);
            int read = BufferUtil.put(ahead, buffer);
            BufferUtil.flipToFlush(buffer, position);
            return read;
        }
    }

    /** Called where there is something to read, or the connection has been closed. */
    private final class Watcher implements Callback {

        @Override
        public void succeeded() {
            Callback next;
            Runnable who;
            synchronized (lock) {
                watching = false;
                next = reader;
                reader = null;
                who = next == null && gone != null ? look() : null;
            }
            if (next != null) {
                next.succeeded();
            }
            if (who != null) {
                who.run();
            }
        }

        private @Nullable Runnable look() {
            int read;
            try {
                read = WatchedEndPoint.super.fill(ahead);
            } catch (IOException e) {
                read = -1; // reset
            }
            if (read < 0) {
                return taken();
            }
            if (read == 0) {
                register();
            }
            return null;
        }

        private @Nullable Runnable taken() {
            Runnable who = gone;
            gone = null;
            return who;
        }

        @Override
        public void failed(Throwable reason) {
            Callback next;
            Runnable who;
            synchronized (lock) {
                watching = false;
                next = reader;
                reader = null;
                who = taken();
            }
            if (next != null) {
                next.failed(reason);
            }
            if (who != null) {
                who.run();
            }
        }
    }
}
