package io.zigma.train.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * An event file that TensorBoard reads: scalars and PNG pictures.
 *
 * <p>Records are framed as in TensorFlow's TFRecord (length, masked CRC-32C of the length, data,
 * masked CRC-32C of the data); the data is an {@code Event} of tensorflow/core/util/event.proto. A
 * run that starts again opens a new file whose first event makes TensorBoard discard what older
 * files say of the steps to come.
 */
public final class TensorBoardEvents implements AutoCloseable {

    /**
     * Added to a rotated checksum, so that a checksum of data with checksums in it stays useful.
     */
    private static final int MASK = 0xa282ead8;

    private static final int EVENT_TIME = 1;
    private static final int EVENT_STEP = 2;
    private static final int EVENT_VERSION = 3;
    private static final int EVENT_SUMMARY = 5;
    private static final int EVENT_SESSION = 7;
    private static final int SESSION_STATUS = 1;
    private static final int SESSION_START = 1;
    private static final int SUMMARY_VALUE = 1;
    private static final int VALUE_TAG = 1;
    private static final int VALUE_SCALAR = 2;
    private static final int VALUE_IMAGE = 4;
    private static final int IMAGE_HEIGHT = 1;
    private static final int IMAGE_WIDTH = 2;
    private static final int IMAGE_COLORSPACE = 3;
    private static final int IMAGE_ENCODED = 4;
    private static final int RGB = 3;

    private final Path file;
    private final FileChannel channel;
    private final Clock clock;

    private TensorBoardEvents(Path file, FileChannel channel, Clock clock) {
        this.file = file;
        this.channel = channel;
        this.clock = clock;
    }

    /**
     * Starts a new event file.
     *
     * @param run the run's folder
     * @param lastStep the step resumed from, 0 for a new run
     * @param clock gives the file's name and the events' times
     * @return the open file
     * @throws IOException if it cannot be written
     */
    public static TensorBoardEvents start(RunFolder run, long lastStep, Clock clock)
            throws IOException {
        Path file = newFile(run, clock);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        TensorBoardEvents events = new TensorBoardEvents(file, channel, clock);
        events.record(events.event(0).text(EVENT_VERSION, "brain.Event:2"));
        ProtoMessage session = new ProtoMessage().number(SESSION_STATUS, SESSION_START);
        events.record(events.event(lastStep + 1).message(EVENT_SESSION, session));
        return events;
    }

    /** TensorBoard reads a run's files in the order of their names, so these rise with time. */
    private static Path newFile(RunFolder run, Clock clock) throws IOException {
        for (int attempt = 0; ; attempt++) {
            String name =
                    String.format(
                            Locale.ROOT,
                            "events.out.tfevents.%010d.%03d",
                            clock.instant().getEpochSecond(),
                            attempt);
            Path file = run.root().resolve(name);
            try {
                return Files.createFile(file);
            } catch (FileAlreadyExistsException e) {
                if (attempt == 999) {
                    throw e;
                }
            }
        }
    }

    /**
     * Records a number.
     *
     * @param step steps taken
     * @param tag the curve it belongs to, such as {@code train/loss}
     * @param value the number
     * @throws IOException if it cannot be written
     */
    public void scalar(long step, String tag, double value) throws IOException {
        value(step, new ProtoMessage().text(VALUE_TAG, tag).real(VALUE_SCALAR, (float) value));
    }

    /**
     * Records a picture.
     *
     * @param step steps taken
     * @param tag the row of pictures it belongs to
     * @param width its width in pixels
     * @param height its height in pixels
     * @param png the encoded picture
     * @throws IOException if it cannot be written
     */
    public void image(long step, String tag, int width, int height, byte[] png) throws IOException {
        ProtoMessage image =
                new ProtoMessage()
                        .number(IMAGE_HEIGHT, height)
                        .number(IMAGE_WIDTH, width)
                        .number(IMAGE_COLORSPACE, RGB)
                        .bytes(IMAGE_ENCODED, png);
        value(step, new ProtoMessage().text(VALUE_TAG, tag).message(VALUE_IMAGE, image));
    }

    private void value(long step, ProtoMessage value) throws IOException {
        ProtoMessage summary = new ProtoMessage().message(SUMMARY_VALUE, value);
        record(event(step).message(EVENT_SUMMARY, summary));
    }

    private ProtoMessage event(long step) {
        double seconds = clock.millis() / 1000.0;
        return new ProtoMessage().real(EVENT_TIME, seconds).number(EVENT_STEP, step);
    }

    private void record(ProtoMessage event) throws IOException {
        byte[] data = event.toBytes();
        ByteBuffer frame =
                ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES + data.length)
                        .order(ByteOrder.LITTLE_ENDIAN);
        frame.putLong(data.length);
        frame.putInt(maskedChecksum(frame.array(), Long.BYTES));
        frame.put(data);
        frame.putInt(maskedChecksum(data, data.length));
        Durable.writeFully(file, channel, frame.flip());
    }

    /**
     * Returns the checksum of the first bytes, rotated right by 15 bits and shifted by the mask.
     */
    static int maskedChecksum(byte[] bytes, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return Integer.rotateRight((int) checksum.getValue(), 15) + MASK;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
