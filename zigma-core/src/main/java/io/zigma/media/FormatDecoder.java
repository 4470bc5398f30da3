package io.zigma.media;

import java.io.IOException;
import javax.imageio.stream.ImageInputStream;

/** Decodes files of one kind; implemented for each kind of image file. */
interface FormatDecoder {

    /**
     * Decodes the first image of a file, with the orientation and colours that the file gives.
     *
     * @param in the whole file, at its beginning
     * @throws MediaException if it is damaged, or needs something that is not supported; the
     *     message is a reason without the file's name
     */
    Decoded decode(ImageInputStream in) throws IOException;
}
