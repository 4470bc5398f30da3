package io.zigma.server.api;

import io.zigma.server.http.Exchange;
import io.zigma.server.job.Job;
import io.zigma.server.job.JobEvent;
import io.zigma.server.job.JobListener;
import io.zigma.server.job.JobQueue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.Callback;

/**
 * A job's events on their way to one client, as server-sent events (WHATWG HTML, section 9.2). A
 * client that reads slowly misses steps and previews, of which it gets the first and the newest,
 * and holds nobody up: no thread waits for it, and what waits to be written does not grow.
 */
final class EventStream implements JobListener {

    private static final String STATE = "state";
    private static final String PREVIEW = "preview";
    private static final String END = "end";
    private static final String BEAT = "beat";

    private final Exchange exchange;
    private final Job job;
    private final JobQueue queue;
    private final boolean previews;
    private final Set<EventStream> streams;
    private final Content.Sink sink;
    private final Map<String, Supplier<String>> pending = new LinkedHashMap<>();
    private final Set<String> previewed = new HashSet<>();
    private boolean writing;
    private boolean over;

    private EventStream(
            Exchange exchange,
            Job job,
            JobQueue queue,
            boolean previews,
            Set<EventStream> streams) {
        this.exchange = exchange;
        this.job = job;
        this.queue = queue;
        this.previews = previews;
        this.streams = streams;
        this.sink = exchange.stream("text/event-stream");
    }

    /**
     * Begins with the job's present state.
     *
     * @param streams holds the stream as long as something may be written
     */
    static void open(
            Exchange exchange,
            Job job,
            JobQueue queue,
            boolean previews,
            Set<EventStream> streams) {
        EventStream stream = new EventStream(exchange, job, queue, previews, streams);
        streams.add(stream);
        stream.put(STATE, () -> event(STATE, JobJson.of(job, queue.ahead(job)).toString()));
        job.preview().ifPresent(preview -> stream.happened(job, preview));
        job.listen(stream);
    }

    @Override
    public boolean wantsPreviews() {
        return previews;
    }

    @Override
    public void happened(Job changed, JobEvent event) {
        if (event instanceof JobEvent.Step step) {
            put("step", () -> event("step", JobJson.of(step).toString()));
        } else if (event instanceof JobEvent.Preview preview) {
            if (previews) {
                put(
                        PREVIEW + preview.first(),
                        () -> event(PREVIEW, JobJson.of(preview).toString()));
            }
        } else if (event instanceof JobEvent.Ended ended) {
            put(END, () -> event(ended.state().label(), JobJson.of(job, 0).toString()));
        } else {
            put(STATE, () -> event(STATE, JobJson.of(job, queue.ahead(job)).toString()));
        }
    }

    /** Writes a line that says nothing, so that a client that has gone away is noticed. */
    void beat() {
        put(BEAT, () -> ": \n\n");
    }

    private static String event(String name, String data) {
        return "event: " + name + "\ndata: " + data + "\n\n";
    }

    private void put(String key, Supplier<String> text) {
        synchronized (pending) {
            if (over || isFirst(key) && pending.containsKey(key)) {
                return;
            }
            pending.remove(key);
            pending.put(key, text);
            if (writing) {
                return;
            }
            writing = true;
        }
        writeSoon();
    }

    /** The first preview is sent whatever comes after it: it shows that something has begun. */
    private boolean isFirst(String key) {
        return key.startsWith(PREVIEW) && !previewed.contains(key);
    }

    private void writeSoon() {
        try {
            exchange.executor().execute(this::write);
        } catch (RejectedExecutionException e) {
            failed(e); // the server is being stopped
        }
    }

    private void write() {
        String key;
        Supplier<String> text;
        synchronized (pending) {
            Map.Entry<String, Supplier<String>> first = pending.entrySet().iterator().next();
            key = first.getKey();
            text = first.getValue();
            pending.remove(key);
            if (key.startsWith(PREVIEW)) {
                previewed.add(key);
            }
            over = key.equals(END);
        }
        ByteBuffer bytes = ByteBuffer.wrap(text.get().getBytes(StandardCharsets.UTF_8));
        sink.write(over, bytes, Callback.from(this::written, this::failed));
    }

    private void written() {
        boolean more;
        synchronized (pending) {
            more = !over && !pending.isEmpty();
            writing = more;
        }
        if (more) {
            writeSoon();
        } else if (over) {
            streams.remove(this);
            exchange.ended(null);
        }
    }

    /** The client has gone away, or reads nothing. */
    private void failed(Throwable reason) {
        synchronized (pending) {
            over = true;
            pending.clear();
        }
        job.ignore(this);
        streams.remove(this);
        exchange.ended(reason);
    }
}
