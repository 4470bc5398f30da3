package io.zigma.spark;

import io.zigma.train.loop.GradientExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SecurityManager;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.network.TransportContext;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.client.TransportClientFactory;
import org.apache.spark.network.crypto.AuthClientBootstrap;
import org.apache.spark.network.crypto.AuthServerBootstrap;
import org.apache.spark.network.netty.SparkTransportConf$;
import org.apache.spark.network.server.OneForOneStreamManager;
import org.apache.spark.network.server.RpcHandler;
import org.apache.spark.network.server.StreamManager;
import org.apache.spark.network.server.TransportServer;
import org.apache.spark.network.util.TransportConf;
import org.jspecify.annotations.Nullable;
import scala.Option;

/**
 * Adds up numbers of the tasks of a barrier stage, which send them to each other by Spark's network
 * library: over Netty, with the authentication and encryption that the cluster's settings ask for,
 * past the driver. The driver only introduces the tasks to each other; its barriers are no good for
 * steps, as a task that waits at one checks every second whether the others are there.
 *
 * <p>Of N tasks each adds up one N-th of the numbers, in the order of the tasks, and hands the sums
 * out: a task receives 2 (N − 1) / N of them, whatever N is, and the order of the sums does not
 * depend on who is first.
 */
final class MachineExchange implements GradientExchange, AutoCloseable {

    private static final String MODULE = "zigma";
    private static final long LOOK_MILLISECONDS = 200;

    /** The stage, the sender and the message's number. */
    private static final int HEADER = Integer.BYTES + Integer.BYTES + Long.BYTES;

    private final BarrierTaskContext task;
    private final int part;
    private final int parts;
    private final List<BlockingQueue<ByteBuffer>> inbox = new ArrayList<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private final TransportContext context;
    private final TransportServer server;
    private final TransportClientFactory clients;
    private final String[] addresses;
    private volatile @Nullable Throwable failure;
    private long message;
    private long received;

    /**
     * Connects a task with the others, waiting for all.
     *
     * @param task of a barrier stage
     * @throws Lost if another task is lost meanwhile
     */
    MachineExchange(BarrierTaskContext task) throws Lost {
        this.task = task;
        this.part = task.partitionId();
        this.parts = task.getTaskInfos().length;
        for (int other = 0; other < parts; other++) {
            inbox.add(new LinkedBlockingQueue<>());
        }
        SparkEnv env = SparkEnv.get();
        SparkConf conf = env.conf();
        SecurityManager security = env.securityManager();
        TransportConf transport =
                SparkTransportConf$.MODULE$.fromSparkConf(
                        conf, MODULE, 1, Option.empty(), Option.empty());
        boolean keys = security.isAuthenticationEnabled();
        context = new TransportContext(transport, new Inbox(), false);
        String host = env.blockManager().blockManagerId().host();
        server =
                context.createServer(
                        host,
                        0,
                        keys ? List.of(new AuthServerBootstrap(transport, security)) : List.of());
        clients =
                context.createClientFactory(
                        keys
                                ? List.of(
                                        new AuthClientBootstrap(
                                                transport, conf.getAppId(), security))
                                : List.of());
        try {
            addresses = gathered(host + " " + server.getPort());
        } catch (Lost e) {
            close();
            throw e;
        }
    }

    /** Another task is lost, or this one is not wanted any more. */
    static final class Lost extends IOException {

        private static final long serialVersionUID = 1;

        Lost(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** Takes messages of other tasks; nothing but numbers is made of their bytes. */
    private final class Inbox extends RpcHandler {

        private final StreamManager streams = new OneForOneStreamManager();

        @Override
        public void receive(
                TransportClient client, ByteBuffer bytes, RpcResponseCallback callback) {
            ByteBuffer own = ByteBuffer.allocate(bytes.remaining());
            own.put(bytes).flip();
            int sender = own.remaining() < HEADER ? -1 : own.getInt(Integer.BYTES);
            if (sender < 0 || sender >= parts || own.getInt(0) != task.stageId()) {
                callback.onFailure(new IOException("no task of this training"));
                return;
            }
            inbox.get(sender).add(own);
            callback.onSuccess(ByteBuffer.allocate(0));
        }

        @Override
        public StreamManager getStreamManager() {
            return streams;
        }
    }

    @Override
    public int part() {
        return part;
    }

    @Override
    public int parts() {
        return parts;
    }

    /** Returns how many bytes were received from others. */
    long received() {
        return received;
    }

    /** Tells all tasks what the first one says, waiting for all; takes a second or two. */
    String agree(String word) throws Lost {
        return gathered(word)[0];
    }

    @Override
    public void sum(float[] values, double[] figures) throws IOException {
        for (int other = 0; other < parts; other++) {
            if (other != part) {
                send(other, figures, values, start(other, values), start(other + 1, values));
            }
        }
        addUp(values, start(part, values), start(part + 1, values), figures);
        message++;
        for (int other = 0; other < parts; other++) {
            if (other != part) {
                send(other, new double[0], values, start(part, values), start(part + 1, values));
            }
        }
        for (int other = 0; other < parts; other++) {
            if (other != part) {
                int from = start(other, values);
                numbers(take(other), start(other + 1, values) - from)
                        .get(values, from, start(other + 1, values) - from);
            }
        }
        message++;
    }

    private int start(int chunk, float[] values) {
        return (int) ((long) chunk * values.length / parts);
    }

    private void addUp(float[] values, int from, int to, double[] figures) throws Lost {
        float[] own = Arrays.copyOfRange(values, from, to);
        double[] ownFigures = figures.clone();
        float[] more = new float[to - from];
        for (int other = 0; other < parts; other++) {
            float[] numbers = own;
            double[] few = ownFigures;
            if (other != part) {
                ByteBuffer bytes = take(other);
                few = new double[figures.length];
                for (int i = 0; i < few.length && bytes.remaining() >= Double.BYTES; i++) {
                    few[i] = bytes.getDouble();
                }
                numbers(bytes, more.length).get(more);
                numbers = more;
            }
            for (int i = 0; i < numbers.length; i++) {
                values[from + i] = other == 0 ? numbers[i] : values[from + i] + numbers[i];
            }
            for (int i = 0; i < few.length; i++) {
                figures[i] = other == 0 ? few[i] : figures[i] + few[i];
            }
        }
    }

    private static FloatBuffer numbers(ByteBuffer bytes, int count) throws Lost {
        if (bytes.remaining() != count * Float.BYTES) {
            throw new Lost("another task sent numbers of another model", null);
        }
        return bytes.asFloatBuffer();
    }

    private void send(int to, double[] few, float[] values, int from, int end) throws Lost {
        ByteBuffer bytes =
                ByteBuffer.allocate(
                        Math.addExact(
                                HEADER + few.length * Double.BYTES,
                                Math.multiplyExact(end - from, Float.BYTES)));
        bytes.putInt(task.stageId()).putInt(part).putLong(message);
        for (double figure : few) {
            bytes.putDouble(figure);
        }
        bytes.asFloatBuffer().put(values, from, end - from);
        bytes.rewind();
        String[] address = addresses[to].split(" ");
        underWay.incrementAndGet();
        try {
            clients.createClient(address[0], Integer.parseInt(address[1]))
                    .sendRpc(bytes, new Answer());
        } catch (IOException e) {
            throw new Lost("another machine of the training was lost", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Lost("the task was killed", e);
        }
    }

    /** Knows when a message is with the other task. */
    private final class Answer implements RpcResponseCallback {

        @Override
        public void onSuccess(ByteBuffer nothing) {
            underWay.decrementAndGet();
        }

        @Override
        public void onFailure(Throwable reason) {
            failure = reason;
        }
    }

    /** Waits for the next message of another task. */
    private ByteBuffer take(int from) throws Lost {
        try {
            while (true) {
                requireAll();
                ByteBuffer bytes = inbox.get(from).poll(LOOK_MILLISECONDS, TimeUnit.MILLISECONDS);
                if (bytes != null) {
                    received += bytes.remaining();
                    bytes.position(2 * Integer.BYTES); // after who it is from
                    if (bytes.getLong() != message) {
                        throw new Lost("a message of another task was lost", null);
                    }
                    return bytes;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Lost("the task was killed", e);
        }
    }

    /** Ends a task that is killed, as all are where one is lost. */
    private void requireAll() throws Lost {
        if (task.isInterrupted()) {
            throw new Lost("the task was killed", null);
        }
        if (failure != null) {
            throw new Lost("another machine of the training was lost", failure);
        }
    }

    private String[] gathered(String word) throws Lost {
        try {
            return task.allGather(word);
        } catch (Exception e) { // Scala throws checked exceptions that Java cannot see
            throw new Lost("another machine of the training was lost", e);
        }
    }

    /** Waits until others have all that they need of this task. */
    void finish() throws Lost {
        try {
            while (underWay.get() > 0) {
                requireAll();
                TimeUnit.MILLISECONDS.sleep(1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Lost("the task was killed", e);
        }
        gathered(""); // or another one's answer would be cut off
    }

    /** {@inheritDoc} Without {@link #finish} others may miss what they still need. */
    @Override
    public void close() {
        clients.close();
        server.close();
        context.close();
    }
}
