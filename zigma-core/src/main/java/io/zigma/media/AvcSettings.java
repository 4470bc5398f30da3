package io.zigma.media;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jcodec.codecs.h264.H264Utils;
import org.jcodec.codecs.h264.io.model.SeqParameterSet;

/**
 * How an MP4 file stores H.264 (ISO/IEC 14496-15, section 5.3.3: AVCDecoderConfigurationRecord).
 *
 * @param lengthBytes how many bytes the length before each unit has
 * @param sequences sequence parameter sets, each a whole unit
 * @param pictures picture parameter sets
 */
record AvcSettings(int lengthBytes, List<byte[]> sequences, List<byte[]> pictures) {

    private static final int UNIT_KIND = 31;
    private static final int FIRST_SLICE = 1;
    private static final int LAST_SLICE = 5;

    /** Reads the content of a box {@code avcC}. */
    static AvcSettings read(ByteBuffer box) throws MediaException {
        try {
            box.position(box.position() + 4); // version, profile, compatibility, level
            int lengthBytes = (box.get() & 3) + 1;
            List<byte[]> sequences = sets(box, box.get() & 31);
            List<byte[]> pictures = sets(box, box.get() & 0xff);
            return new AvcSettings(lengthBytes, sequences, pictures);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new MediaException("damaged (the settings of its video)", e);
        }
    }

    private static List<byte[]> sets(ByteBuffer box, int count) {
        List<byte[]> sets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] set = new byte[box.getShort() & 0xffff];
            box.get(set);
            if (set.length > 1) {
                sets.add(set);
            }
        }
        return sets;
    }

    /** Reads a sequence parameter set. */
    static SeqParameterSet parsed(byte[] unit) {
        ByteBuffer content = ByteBuffer.wrap(Arrays.copyOfRange(unit, 1, unit.length));
        H264Utils.unescapeNAL(content);
        return SeqParameterSet.read(content);
    }

    /**
     * Divides a frame into its units.
     *
     * @throws MediaException if they do not fill it, or it has no picture
     */
    List<ByteBuffer> units(byte[] frame) throws MediaException {
        List<ByteBuffer> units = new ArrayList<>();
        boolean slices = false;
        int at = 0;
        while (at + lengthBytes < frame.length) {
            long length = 0;
            for (int i = 0; i < lengthBytes; i++) {
                length = length << 8 | frame[at++] & 0xff;
            }
            if (length > frame.length - at) {
                throw new MediaException("damaged (a frame's lengths)");
            }
            if (length > 0) {
                int kind = frame[at] & UNIT_KIND;
                slices |= kind >= FIRST_SLICE && kind <= LAST_SLICE;
                // each with bytes of its own, since the decoder works in place
                units.add(ByteBuffer.wrap(Arrays.copyOfRange(frame, at, at + (int) length)));
            }
            at += (int) length;
        }
        if (!slices) {
            throw new MediaException("damaged (a frame without a picture)");
        }
        return units;
    }
}
