package io.zigma.server.api;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.zigma.server.http.HttpException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * How many pixels a picture may have that is sent. Memory is bounded however many it has, but a
 * file of a few hundred kilobytes can hold thousands of millions of them, which take minutes of a
 * worker's time. Only the file's header is read.
 */
final class PictureLimit {

    private static final long MOST_PIXELS = 100_000_000;
    private static final int REFUSED = 400;
    private static final List<String> FIELDS = List.of("init_image", "mask");

    private PictureLimit() {}

    /**
     * Refuses a request with a picture that has too many pixels. What is no picture at all is left
     * to whoever decodes it.
     *
     * @param request with pictures in base64
     * @throws HttpException if there is one
     */
    static void require(JsonObject request) {
        for (String field : FIELDS) {
            if (request.get(field) instanceof JsonPrimitive text && text.isString()) {
                try {
                    require(field, decoded(text.getAsString()));
                } catch (IOException | RuntimeException e) {
                    if (e instanceof HttpException refusal) {
                        throw refusal;
                    }
                }
            }
        }
    }

    private static byte[] decoded(String text) {
        return Base64.getMimeDecoder().decode(text.substring(text.indexOf(',') + 1));
    }

    private static void require(String field, byte[] file) throws IOException {
        try (ImageInputStream in =
                new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                return;
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                int width = reader.getWidth(0);
                int height = reader.getHeight(0);
                if ((long) width * height > MOST_PIXELS) {
                    throw new HttpException(
                            REFUSED,
                            "%s has %s×%s pixels; send at most %s million"
                                    .formatted(field, width, height, MOST_PIXELS / 1_000_000));
                }
            } finally {
                reader.dispose();
            }
        }
    }
}
