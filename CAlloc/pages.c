int ca_placeholder(void){return 0;}
