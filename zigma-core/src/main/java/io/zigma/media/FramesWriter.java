package io.zigma.media;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The frames of a video as PNG files {@code 0001.png} and so on in a zip archive, the text in the
 * first one. The rate is not in it.
 */
final class FramesWriter extends VideoWriter {

    /** The earliest time that an entry can have: that of writing would change the bytes. */
    private static final FileTime NO_TIME = FileTime.fromMillis(315_532_800_000L);

    FramesWriter() {
        super("PNG frames", ".zip");
    }

    @Override
    public void write(OutputStream out, MediaContent content) throws IOException {
        List<BufferedImage> frames = content.frames();
        ZipOutputStream zip = new ZipOutputStream(out);
        zip.setMethod(ZipOutputStream.DEFLATED);
        for (int i = 0; i < frames.size(); i++) {
            ZipEntry entry = new ZipEntry(String.format(Locale.ROOT, "%04d.png", i + 1));
            entry.setLastModifiedTime(NO_TIME);
            zip.putNextEntry(entry);
            zip.write(PngFile.bytes(frames.get(i), i == 0 ? content.text() : Map.of()));
            zip.closeEntry();
        }
        zip.finish();
    }
}
