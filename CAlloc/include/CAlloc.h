int ca_placeholder(void);
