package io.zigma.media;

import java.io.IOException;
import javax.imageio.stream.ImageInputStream;

/** Decodes files of one kind; the place that a new kind of picture file is added at. */
interface FormatDecoder {

    /**
     * Decodes the first picture of a file, obeying all that the file says of how it is to be seen.
     *
     * @param in the whole file, at its beginning
     * @throws MediaException if it is damaged, or says something that cannot be obeyed; the message
     *     is a reason without the file's name
     */
    Decoded decode(ImageInputStream in) throws IOException;
}
